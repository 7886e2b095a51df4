-- What a canary left behind: the last run that was to delete it and could not. It is tried again.
alter table groundcrew.path_health add column left_run text;
alter table groundcrew.path_health add column left_tries int not null default 0;
alter table groundcrew.path_health add column left_at timestamptz;
