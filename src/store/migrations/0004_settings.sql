-- Up Migration
-- Every version that a setting or a flag (section feature-flags) has had; no value: what lies below the database counts.
CREATE TABLE settings (
  section text NOT NULL,
  key text NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  value jsonb,
  changed_by text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (section, key, version)
);

-- Moved on with every change, in the order of the commits, so that one number tells whether anything is new.
CREATE TABLE settings_revision (revision bigint NOT NULL);
INSERT INTO settings_revision VALUES (0);

CREATE FUNCTION settings_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE settings_revision SET revision = revision + 1;
  PERFORM pg_notify('omni_settings', '');
  RETURN NULL;
END $$;
CREATE TRIGGER settings_changed AFTER INSERT ON settings FOR EACH STATEMENT EXECUTE FUNCTION settings_changed();

-- Who changed what stays on record.
CREATE FUNCTION settings_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Versions of settings are added, never changed or removed.';
END $$;
CREATE TRIGGER settings_are_kept BEFORE UPDATE OR DELETE ON settings FOR EACH STATEMENT EXECUTE FUNCTION settings_are_kept();

-- Down Migration
DROP TABLE settings_revision;
DROP TABLE settings;
DROP FUNCTION settings_are_kept;
DROP FUNCTION settings_changed;
