-- What a demo shows, and in which order.
create table groundcrew.demo_item (
  number   int generated always as identity primary key,
  session  int not null references groundcrew.office_session (number),
  person   uuid not null references groundcrew.person (id),   -- who presents it
  by       uuid not null references groundcrew.person (id),   -- who put it there
  title    text not null,
  minutes  int not null,
  nth      int not null,
  feedback int references groundcrew.feedback (number),       -- the shipped item that it shows
  at       timestamptz not null
);
create index demo_item_session on groundcrew.demo_item (session, nth);
create index demo_item_person on groundcrew.demo_item (person);
create index demo_item_by on groundcrew.demo_item (by);
create index demo_item_feedback on groundcrew.demo_item (feedback) where feedback is not null;

-- What stands in the channels of a demo: the print of the last agenda.
create table groundcrew.demo_agenda (
  session int primary key references groundcrew.office_session (number),
  print   text not null
);
