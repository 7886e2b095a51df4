-- You said, we did: what came of a run, told to those who were asked before they are asked again.
alter table groundcrew.survey_run add column did json;
