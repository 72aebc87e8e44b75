-- What this database is for. Only the owner writes it; a production database is never told otherwise by the site.
CREATE TABLE database_mark (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    kind text NOT NULL DEFAULT 'production' CHECK (kind IN ('production', 'development', 'test')),
    -- Raised by a restore: older journals of that epoch count as committed whatever their transaction ids say.
    epoch integer NOT NULL DEFAULT 1 CHECK (epoch > 0)
);
INSERT INTO database_mark DEFAULT VALUES;
COMMENT ON TABLE database_mark IS 'One row: production, development or test. Written by the owner only.';

-- The site's time: the start of the transaction. Tests and development may set it with SET degentalk.now.
CREATE FUNCTION clock() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(
    CASE WHEN (SELECT mark.kind FROM public.database_mark AS mark) IN ('development', 'test')
         THEN nullif(current_setting('degentalk.now', true), '')::timestamptz END,
    now()
);
COMMENT ON FUNCTION clock() IS 'now(), or degentalk.now where database_mark is development or test.';

-- RFC 9562 version 7: 48 bits of Unix milliseconds, then the random bits of a version 4. PostgreSQL 18 has uuidv7(), 15 not.
CREATE FUNCTION uuid7() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE
RETURN encode(
    set_bit(
        set_bit(
            overlay(
                uuid_send(gen_random_uuid())
                PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                FROM 1 FOR 6
            ),
            52, 1
        ),
        53, 1
    ),
    'hex'
)::uuid;
COMMENT ON FUNCTION uuid7() IS 'A UUID that sorts by the time it was made, and cannot be guessed.';
