-- Who did something in which month, so that a month that is over stays as it was: when each login was used last says only
-- who is active now. No more than the month is kept, and that for two years: docs/metrics.md says why.
create table groundcrew.active_month (
  month  date not null,                     -- its first day, in UTC
  person uuid not null references groundcrew.person (id),
  primary key (month, person)
);
create index active_month_person on groundcrew.active_month (person);
-- Of the months before this one what can be known: who used the bot last then, asked for something or said something.
insert into groundcrew.active_month (month, person)
select distinct date_trunc('month', seen.at at time zone 'UTC')::date, seen.person from (
  select used as at, person from groundcrew.account where used is not null
  union all select created, requester from groundcrew.request
  union all select created, requester from groundcrew.feedback
) seen;
