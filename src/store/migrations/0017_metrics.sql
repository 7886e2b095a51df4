-- Who rolled it out and when that was committed, where annotations say so: how long changes and beginnings take.
alter table groundcrew.rollout add column committed timestamptz;
alter table groundcrew.rollout add column person uuid references groundcrew.person (id);
create index rollout_person on groundcrew.rollout (person, at) where person is not null;
create index feedback_created on groundcrew.feedback (created);
