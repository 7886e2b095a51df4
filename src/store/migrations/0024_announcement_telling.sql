-- Those who have to do something are told some at a time, so each row says what its person has heard.
alter table groundcrew.announcement_owed
  add column told boolean not null default false,     -- they have a message
  add column stale boolean not null default true,     -- which does not say how things stand
  add column nudges text[] not null default '{}';     -- the reminders that they got
update groundcrew.announcement_owed set told = true, stale = false, nudges = '{0,1,2,3,4,5}';
create index announcement_owed_stale on groundcrew.announcement_owed (announcement, id) where stale;
-- The next reminder says for which deadline it is.
delete from groundcrew.due where job = 'announcement.nudge';
