-- Since when who leads can't tell how the cluster is, by the database's clock: somebody who can may take the lead from it.
alter table groundcrew.cluster_watch add column lost timestamptz;
-- It is over since nobody looks at its cluster any more, not since it is well.
alter table groundcrew.incident add column unfollowed boolean not null default false;
