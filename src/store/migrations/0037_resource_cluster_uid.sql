-- Which cluster it was made in, by the UID of its namespace kube-system: its context may lead to another one. Null: it was not told.
alter table groundcrew.resource add column cluster_uid text;
