-- What was ordered of a thing before is looked up when it is changed or deleted.
create index run_resource on groundcrew.run (("order" ->> 'resource'));
