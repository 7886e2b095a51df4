-- A rollout is a pod template that ran for the first time, and no longer a number of a revision: a restart has a new number
-- and changes nothing, and going back to what ran before is no rollout but says that the one in between was a failure.
alter table groundcrew.rollout rename column revision to template;
-- What a template looked like was not kept. The newest row of each workload gets it when it is seen again.
update groundcrew.rollout set template = 'revision:' || template;
alter table groundcrew.rollout add column reverted timestamptz;
create index rollout_latest on groundcrew.rollout (cluster, subject, at desc);
