-- The card ledger. See schema.sql for what each column means.
CREATE TABLE card_leave (
    no INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    authorisation TEXT NOT NULL UNIQUE,
    claim TEXT NOT NULL,
    after TEXT REFERENCES card_leave (authorisation),
    order_id TEXT NOT NULL REFERENCES work_order (order_id),
    account_no TEXT NOT NULL,
    count INTEGER NOT NULL,
    device TEXT NOT NULL REFERENCES device (device),
    state TEXT NOT NULL,
    issued_at_ms INTEGER NOT NULL,
    signed TEXT NOT NULL,
    begun TEXT,
    ended TEXT,
    reissued TEXT,
    asks INTEGER NOT NULL,
    asked_at_ms INTEGER
) STRICT;

CREATE UNIQUE INDEX card_leave_live ON card_leave (account_no, count)
    WHERE state IN ('leased', 'burned', 'in_doubt');

CREATE INDEX card_leave_account ON card_leave (account_no, state);

CREATE INDEX card_leave_claim ON card_leave (claim, no);

CREATE INDEX card_leave_order ON card_leave (order_id);

CREATE INDEX card_leave_state ON card_leave (state, no);

CREATE TABLE card_credit (
    account_no TEXT NOT NULL,
    meter_no TEXT NOT NULL,
    count INTEGER NOT NULL,
    claim TEXT NOT NULL UNIQUE,
    authorisation TEXT NOT NULL UNIQUE REFERENCES card_leave (authorisation),
    old_meter_no TEXT,
    serial TEXT NOT NULL,
    image BLOB NOT NULL,
    parts TEXT NOT NULL,
    carried_fen INTEGER NOT NULL CHECK (carried_fen >= 0),
    bought_fen INTEGER NOT NULL CHECK (bought_fen >= 0),
    debt_fen INTEGER NOT NULL CHECK (debt_fen >= 0),
    total_fen INTEGER NOT NULL CHECK (total_fen >= 0),
    debt_left_fen INTEGER NOT NULL CHECK (debt_left_fen >= 0),
    device TEXT NOT NULL,
    seq INTEGER NOT NULL,
    credited_at_ms INTEGER NOT NULL,
    PRIMARY KEY (account_no, meter_no, count),
    CHECK (carried_fen + bought_fen - debt_fen = total_fen - debt_left_fen)
) STRICT, WITHOUT ROWID;

CREATE INDEX card_credit_old_meter ON card_credit (account_no, old_meter_no);

CREATE TABLE card_blank (
    serial TEXT NOT NULL PRIMARY KEY,
    crew TEXT NOT NULL REFERENCES crew (crew),
    registered_at_ms INTEGER NOT NULL,
    used_by TEXT REFERENCES card_leave (authorisation)
) STRICT, WITHOUT ROWID;

CREATE INDEX card_blank_crew ON card_blank (crew, used_by);

CREATE TABLE card_incident (
    no INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    about BLOB NOT NULL UNIQUE,
    what TEXT NOT NULL,
    order_id TEXT NOT NULL,
    authorisation TEXT NOT NULL,
    device TEXT NOT NULL,
    seq INTEGER NOT NULL,
    raised_at_ms INTEGER NOT NULL,
    settled TEXT
) STRICT;

CREATE INDEX card_incident_open ON card_incident (no) WHERE settled IS NULL;

CREATE INDEX card_incident_order ON card_incident (order_id);
