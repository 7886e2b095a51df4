-- Which cluster it is, by the UID of its namespace kube-system: the context under which it is kept may lead to another one.
alter table groundcrew.cluster_watch add column uid text;
