-- The log: events kept for ever, in one dense order that no reader can miss.

CREATE TABLE eventstore_event (
    id uuid PRIMARY KEY,
    stream text COLLATE "C" NOT NULL CHECK (stream <> ''),
    version integer NOT NULL CHECK (version > 0),
    name text NOT NULL CHECK (name <> ''),
    schema smallint NOT NULL CHECK (schema > 0),
    data bytea NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    correlation uuid NOT NULL,
    causation uuid,
    command uuid,
    actor text NOT NULL,
    CONSTRAINT eventstore_event_stream_version UNIQUE (stream, version)
);
CREATE INDEX eventstore_event_correlation ON eventstore_event (correlation);

-- The order in which events are read. Given when they are first read, so that commits run side by side
-- and positions are dense: a lower position can never appear after a higher one was seen.
CREATE TABLE eventstore_log (
    position bigint PRIMARY KEY CHECK (position > 0),
    event uuid NOT NULL UNIQUE
);

-- What has been appended and not been read yet: one row an append. Rows come and go at the pace of the shop.
CREATE TABLE eventstore_unnumbered (
    arrival bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    events uuid[] NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- What came of each command: its events, or the sentence it was refused with.
CREATE TABLE eventstore_receipt (
    command uuid PRIMARY KEY,
    name text NOT NULL,
    digest bytea NOT NULL,
    actor text NOT NULL,
    events uuid[] NOT NULL,
    refusal jsonb,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION eventstore_append(
    streams text[], expected integer[],
    ids uuid[], of_stream integer[], names text[], schemas smallint[], datas bytea[],
    correlation uuid, causation uuid, command uuid, actor text,
    command_name text, digest bytea
) RETURNS integer[] LANGUAGE plpgsql AS $$
DECLARE
    before integer[];
    late integer;
BEGIN
    SELECT array_agg(coalesce(found.version, 0) ORDER BY wanted.n) INTO before
    FROM unnest(streams) WITH ORDINALITY AS wanted (stream, n)
    CROSS JOIN LATERAL (SELECT max(e.version) AS version FROM eventstore_event e WHERE e.stream = wanted.stream) AS found;

    SELECT min(n) INTO late FROM generate_subscripts(streams, 1) AS n WHERE expected[n] <> before[n];
    IF late IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'ES001', MESSAGE = 'another version of the stream was expected',
            DETAIL = json_build_array(streams[late], expected[late], before[late]);
    END IF;

    INSERT INTO eventstore_event (id, stream, version, name, schema, data, correlation, causation, command, actor)
    SELECT new.id, streams[new.of_stream],
        before[new.of_stream] + row_number() OVER (PARTITION BY new.of_stream ORDER BY new.n),
        new.name, new.schema, new.data,
        eventstore_append.correlation, eventstore_append.causation, eventstore_append.command, eventstore_append.actor
    FROM unnest(ids, of_stream, names, schemas, datas) WITH ORDINALITY AS new (id, of_stream, name, schema, data, n)
    ORDER BY streams[new.of_stream], new.n;  -- always in the same order, or two appends could wait for each other

    INSERT INTO eventstore_unnumbered (events) VALUES (ids);

    IF digest IS NOT NULL THEN
        INSERT INTO eventstore_receipt (command, name, digest, actor, events)
        VALUES (eventstore_append.command, command_name, eventstore_append.digest, eventstore_append.actor, ids);
    END IF;
    RETURN before;
END $$;

-- Number what is there, in the order of its arrival, and return the head of the log. Call it in a transaction of its own:
-- its lock is held to the commit. With flush_later that commit needs no flush, as whatever depends on it flushes later.
CREATE FUNCTION eventstore_number(flush_later boolean) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    head bigint;
    moved bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM eventstore_unnumbered) THEN
        RETURN (SELECT coalesce(max(position), 0) FROM eventstore_log);
    END IF;
    IF flush_later THEN
        PERFORM set_config('synchronous_commit', 'off', true);
    END IF;
    PERFORM pg_advisory_xact_lock('eventstore_log'::regclass::oid::bigint);
    SELECT coalesce(max(position), 0) INTO head FROM eventstore_log;
    WITH arrived AS (DELETE FROM eventstore_unnumbered RETURNING arrival, events)
    INSERT INTO eventstore_log (position, event)
    SELECT head + row_number() OVER (ORDER BY arrived.arrival, one.n), one.event
    FROM arrived CROSS JOIN LATERAL unnest(arrived.events) WITH ORDINALITY AS one (event, n);
    GET DIAGNOSTICS moved = ROW_COUNT;
    RETURN head + moved;
END $$;

CREATE FUNCTION eventstore_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'ES002', MESSAGE = format('%s is kept for ever: %s is refused', TG_TABLE_NAME, TG_OP);
END $$;

CREATE TRIGGER eventstore_event_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON eventstore_event
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change();
CREATE TRIGGER eventstore_log_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON eventstore_log
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change();
CREATE TRIGGER eventstore_receipt_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON eventstore_receipt
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change();
