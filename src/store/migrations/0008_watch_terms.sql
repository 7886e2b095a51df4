-- Who leads is numbered: what a process saw that lost the lead meanwhile is no news, whatever its clock says.
alter table groundcrew.cluster_watch
  add column term bigint not null default 0,
  add column told bigint not null default 0; -- the how-manieth look of this term was told last
