-- What the engine learnt from faults: logins are found by their address, what waits is timed by the database's own clock
-- (replicas' clocks differ), and a job that fails waits longer each time.

create index account_email on groundcrew.account (email) where email is not null;

alter table groundcrew.inbox add column written timestamptz not null default now();
alter table groundcrew.inbox alter column written set default clock_timestamp();

alter table groundcrew.due add column tries int not null default 0;
alter table groundcrew.due add column not_before timestamptz; -- null: not tried yet
