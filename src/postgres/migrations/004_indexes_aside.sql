-- Definitions of the indexes of a build's tables that are made when their first load is done.
alter table projection_checkpoint add column indexes_aside text[] not null default '{}';
