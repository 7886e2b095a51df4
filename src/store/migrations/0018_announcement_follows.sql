-- How often its link was followed: a number, and nothing on who did.
alter table groundcrew.announcement add column follows int not null default 0;
