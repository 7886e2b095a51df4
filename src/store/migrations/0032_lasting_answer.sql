-- Answers that are the same for many, such as what people with the same rights can do: kept once, by the SHA-256 of
-- their text, instead of with every arrival. Nothing of a person is in them.
create table groundcrew.lasting_answer (
  id      text primary key,
  replies json not null,
  -- Touched once a day while it is given: what was not for long is forgotten.
  used    timestamptz not null default clock_timestamp()
);
-- No foreign key: every arrival would then lock the one row that all of them share. The statement that adds an arrival
-- sees to it instead that its answer was touched within a day, and only what was not for weeks is forgotten.
alter table groundcrew.inbox add column lasting text;
