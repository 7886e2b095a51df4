-- The first days of somebody new. A time is that of what was seen: null is not yet.
create table groundcrew.onboarding (
  person      uuid primary key references groundcrew.person (id),
  account     text not null,               -- the login they said hello with
  started     timestamptz not null,
  access      timestamptz,                 -- they were in a team
  environment timestamptz,                 -- their first thing from a golden path was ready
  deploy      timestamptz                  -- their team rolled something out
);
create index onboarding_open on groundcrew.onboarding (person)
  where access is null or environment is null or deploy is null;
