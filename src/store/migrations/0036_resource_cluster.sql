-- The context of the cluster that it is in; null: it is in none, or it was made when only the first was used.
alter table groundcrew.resource add column cluster text;
