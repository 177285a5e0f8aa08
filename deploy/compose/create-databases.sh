#!/bin/sh
# Runs once, when the PostgreSQL volume is new: one role and its databases for Temporal, one for the orchestrator.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set omni_password="$OMNI_DB_PASSWORD" --set temporal_password="$TEMPORAL_DB_PASSWORD" <<'SQL'
CREATE ROLE omni LOGIN PASSWORD :'omni_password';
CREATE DATABASE omni OWNER omni;
CREATE ROLE temporal LOGIN PASSWORD :'temporal_password';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT ON DATABASE omni, temporal, temporal_visibility FROM PUBLIC;
SQL
