-- A cluster that is cut off is not one that is well: when somebody last knew how it is, and since when it is said to be away.
alter table groundcrew.cluster_watch
  add column looked timestamptz, -- by the database's clock
  add column away   timestamptz;
