-- Surveys. Who takes part, and what was said, stand in tables that nothing links once a run is closed: no id, no time, no
-- order. What was said is counted then, and only what may be shown is kept.

create table groundcrew.survey (
  name       text primary key,
  source     text not null,                -- file | chat
  definition json not null,
  by         uuid references groundcrew.person (id)
);

create table groundcrew.survey_run (
  id         uuid primary key,
  survey     text not null,
  number     int not null,                 -- counted for each survey
  definition json not null,                -- frozen
  state      text not null,                -- planned | open | closing | closed
  by         uuid references groundcrew.person (id),
  opens      timestamptz not null,
  closes     timestamptz not null,
  seed       text not null,
  report     json,                         -- what may be shown, once it is closed
  unique (survey, number)
);
create index survey_run_current on groundcrew.survey_run (opens) where state <> 'closed';
create index survey_run_by on groundcrew.survey_run (by);
create index survey_by on groundcrew.survey (by);

-- Participation. No time finer than a day, save of what has not happened yet.
create table groundcrew.survey_part (
  token      uuid primary key,             -- in buttons and keys of messages; says nothing of answers
  run        uuid not null references groundcrew.survey_run (id),
  person     uuid not null references groundcrew.person (id),
  state      text not null,                -- invited | asked | started | answered | declined
  team       text,                         -- frozen when the run opened
  persona    text,
  card       int not null default 0,
  reminders  int not null default 0,
  muted      boolean not null default false,
  asked_on   date,
  due        timestamptz,                  -- when to ask or to remind; null: not any more
  unique (person, run)
);
create index survey_part_due on groundcrew.survey_part (run, due) where due is not null;
create index survey_part_asked on groundcrew.survey_part (person, asked_on);

-- By what answers are found again while a run is open. It is destroyed when the run closes.
create table groundcrew.survey_secret (
  run    uuid primary key references groundcrew.survey_run (id),
  secret text not null
);
-- What somebody said, while it can be changed. The key is a keyed hash of run and person.
create table groundcrew.survey_draft (
  key     text primary key,
  run     uuid not null,
  answers json not null,
  at      text,
  sent    boolean not null default false
);
create index survey_draft_run on groundcrew.survey_draft (run);
-- What was cut loose from whoever said it: each answer by itself, written anew in another order with every batch.
create table groundcrew.survey_loose (
  id       uuid primary key,
  run      uuid not null,
  question text not null,
  answer   json not null
);
create index survey_loose_run on groundcrew.survey_loose (run);
-- Free text of closed runs.
create table groundcrew.survey_words (
  id       uuid primary key,
  run      uuid not null references groundcrew.survey_run (id),
  question text not null,
  words    text not null
);
create index survey_words_run on groundcrew.survey_words (run, question);
