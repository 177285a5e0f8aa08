-- Up Migration
-- One row for each provider whose rate all processes share: so much of it is used up.
CREATE TABLE provider_rates (
  provider text PRIMARY KEY,
  used_until timestamptz NOT NULL
);

-- Down Migration
DROP TABLE provider_rates;
