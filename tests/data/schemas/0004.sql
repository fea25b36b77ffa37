BEGIN TRANSACTION;
CREATE TABLE absorption (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	old_id INTEGER NOT NULL, 
	new_id INTEGER NOT NULL, 
	since DATE NOT NULL, 
	ratio BIGINT NOT NULL, 
	source VARCHAR NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT pk_absorption PRIMARY KEY (id), 
	CONSTRAINT fk_absorption_new_id_instrument FOREIGN KEY(new_id) REFERENCES instrument (id), 
	CONSTRAINT fk_absorption_old_id_instrument FOREIGN KEY(old_id) REFERENCES instrument (id)
);
CREATE TABLE account (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	number VARCHAR NOT NULL, 
	number_key VARCHAR NOT NULL, 
	label VARCHAR NOT NULL, 
	envelope VARCHAR NOT NULL, 
	provider_id INTEGER NOT NULL, 
	product VARCHAR NOT NULL, 
	currency VARCHAR NOT NULL, 
	opened_on DATE, 
	closed_on DATE, 
	management VARCHAR NOT NULL, 
	managed BOOLEAN NOT NULL, 
	aggregated BOOLEAN NOT NULL, 
	adviser_id INTEGER, 
	comment VARCHAR NOT NULL, 
	archived_at DATETIME, 
	CONSTRAINT pk_account PRIMARY KEY (id), 
	CONSTRAINT fk_account_provider_id_provider FOREIGN KEY(provider_id) REFERENCES provider (id), 
	CONSTRAINT uq_account_firm_id_provider_id_number_key UNIQUE (firm_id, provider_id, number_key)
);
INSERT INTO "account" VALUES(1,1,1,'2026-11-24 09:00:00.000000',1,'2026-11-24 09:00:00.000000',1,'AV-1','AV1','Contrat d''essai','assurance_vie',1,'','EUR',NULL,NULL,'free',1,0,1,'',NULL);
CREATE TABLE "account_break" (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	account_id INTEGER, 
	code VARCHAR NOT NULL, 
	instrument_id INTEGER, 
	currency VARCHAR NOT NULL, 
	expected BIGINT, 
	reported BIGINT, 
	since DATE, 
	as_of DATE NOT NULL, 
	opened_on DATE NOT NULL, 
	last_seen_on DATE NOT NULL, 
	closed_on DATE, 
	owner_id INTEGER, 
	state VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	decided_at DATETIME, 
	decided_by INTEGER, 
	proposal VARCHAR NOT NULL, 
	other_instrument_id INTEGER, 
	ratio BIGINT, 
	action VARCHAR NOT NULL, 
	delivery_id INTEGER, 
	message VARCHAR NOT NULL, 
	feed_id INTEGER, 
	CONSTRAINT pk_account_break PRIMARY KEY (id), 
	CONSTRAINT fk_account_break_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id), 
	CONSTRAINT fk_account_break_account_id_account FOREIGN KEY(account_id) REFERENCES account (id), 
	CONSTRAINT fk_account_break_other_instrument_id_instrument FOREIGN KEY(other_instrument_id) REFERENCES instrument (id), 
	CONSTRAINT fk_account_break_feed_id_feed FOREIGN KEY(feed_id) REFERENCES feed (id)
);
CREATE TABLE account_holder (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	account_id INTEGER NOT NULL, 
	contact_id INTEGER NOT NULL, 
	role VARCHAR NOT NULL, 
	"right" VARCHAR NOT NULL, 
	share BIGINT NOT NULL, 
	rank INTEGER NOT NULL, 
	CONSTRAINT pk_account_holder PRIMARY KEY (id), 
	CONSTRAINT fk_account_holder_account_id_account FOREIGN KEY(account_id) REFERENCES account (id), 
	CONSTRAINT fk_account_holder_contact_id_contact FOREIGN KEY(contact_id) REFERENCES contact (id), 
	CONSTRAINT uq_account_holder_account_id_contact_id_right UNIQUE (account_id, contact_id, "right")
);
INSERT INTO "account_holder" VALUES(1,1,1,'2026-11-24 09:00:00.000000',1,'2026-11-24 09:00:00.000000',1,1,1,'holder','full',50000000,0);
INSERT INTO "account_holder" VALUES(2,1,1,'2026-11-24 09:00:00.000000',1,'2026-11-24 09:00:00.000000',1,1,2,'holder','full',50000000,1);
CREATE TABLE account_link (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	provider_id INTEGER NOT NULL, 
	external_key VARCHAR NOT NULL, 
	account_id INTEGER, 
	rule VARCHAR NOT NULL, 
	CONSTRAINT pk_account_link PRIMARY KEY (id), 
	CONSTRAINT fk_account_link_provider_id_provider FOREIGN KEY(provider_id) REFERENCES provider (id), 
	CONSTRAINT uq_account_link_firm_id_provider_id_external_key UNIQUE (firm_id, provider_id, external_key)
);
CREATE TABLE agency (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	name VARCHAR NOT NULL, 
	address VARCHAR NOT NULL, 
	CONSTRAINT pk_agency PRIMARY KEY (id), 
	CONSTRAINT uq_agency_firm_id_name UNIQUE (firm_id, name)
);
INSERT INTO "agency" VALUES(1,1,1,'2026-11-24 09:00:00.000000',NULL,'2026-11-24 09:00:00.000000',NULL,'Lyon','');
INSERT INTO "agency" VALUES(2,1,1,'2026-11-24 09:00:00.000000',NULL,'2026-11-24 09:00:00.000000',NULL,'Nantes','');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
CREATE TABLE anomaly (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	delivery_id INTEGER NOT NULL, 
	external_id VARCHAR NOT NULL, 
	code VARCHAR NOT NULL, 
	severity VARCHAR NOT NULL, 
	locator VARCHAR NOT NULL, 
	field VARCHAR NOT NULL, 
	raw VARCHAR NOT NULL, 
	message VARCHAR NOT NULL, 
	decided_at DATETIME, 
	decided_by INTEGER, 
	decision VARCHAR NOT NULL, 
	CONSTRAINT pk_anomaly PRIMARY KEY (id), 
	CONSTRAINT fk_anomaly_delivery_id_delivery FOREIGN KEY(delivery_id) REFERENCES delivery (id)
);
CREATE TABLE app_user (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	login VARCHAR NOT NULL, 
	last_name VARCHAR NOT NULL, 
	first_name VARCHAR NOT NULL, 
	email VARCHAR NOT NULL, 
	mobile VARCHAR NOT NULL, 
	profile VARCHAR NOT NULL, 
	scope VARCHAR NOT NULL, 
	agency_id INTEGER, 
	team_id INTEGER, 
	is_adviser BOOLEAN NOT NULL, 
	assists VARCHAR NOT NULL, 
	active BOOLEAN NOT NULL, 
	password_hash VARCHAR NOT NULL, 
	password_changed_at DATETIME, 
	must_change_password BOOLEAN NOT NULL, 
	totp_secret VARCHAR, 
	totp_last_step INTEGER NOT NULL, 
	last_login_at DATETIME, 
	seen_deliveries_at DATETIME, 
	CONSTRAINT pk_app_user PRIMARY KEY (id), 
	CONSTRAINT fk_app_user_agency_id_agency FOREIGN KEY(agency_id) REFERENCES agency (id), 
	CONSTRAINT fk_app_user_team_id_team FOREIGN KEY(team_id) REFERENCES team (id), 
	CONSTRAINT uq_app_user_firm_id_login UNIQUE (firm_id, login)
);
INSERT INTO "app_user" VALUES(1,1,1,'2026-11-24 09:00:00.000000',NULL,'2026-11-24 09:00:00.000000',NULL,'alice','Alice','','','','conseiller','own',1,NULL,1,'',1,'',NULL,0,NULL,0,NULL,NULL);
INSERT INTO "app_user" VALUES(2,1,1,'2026-11-24 09:00:00.000000',NULL,'2026-11-24 09:00:00.000000',NULL,'bruno','Bruno','','','','conseiller','own',2,NULL,1,'',1,'',NULL,0,NULL,0,NULL,NULL);
INSERT INTO "app_user" VALUES(3,1,1,'2026-11-24 09:00:00.000000',NULL,'2026-11-24 09:00:00.000000',NULL,'manager','Manager','','','','manager','firm',1,NULL,0,'',1,'',NULL,0,NULL,0,NULL,NULL);
INSERT INTO "app_user" VALUES(4,1,1,'2026-11-24 09:00:00.000000',NULL,'2026-11-24 09:00:00.000000',NULL,'analyste','Analyste','','','','analyste','none',1,NULL,0,'',1,'',NULL,0,NULL,0,NULL,NULL);
INSERT INTO "app_user" VALUES(5,1,1,'2026-11-24 09:00:00.000000',NULL,'2026-11-24 09:00:00.000000',NULL,'conformite','Conformite','','','','conformite','firm',1,NULL,0,'',1,'',NULL,0,NULL,0,NULL,NULL);
INSERT INTO "app_user" VALUES(6,1,1,'2026-11-24 09:00:00.000000',NULL,'2026-11-24 09:00:00.000000',NULL,'assistant','Assistant','','','','assistant','own',1,NULL,0,'',1,'',NULL,0,NULL,0,NULL,NULL);
INSERT INTO "app_user" VALUES(7,1,1,'2026-11-24 09:00:00.000000',NULL,'2026-11-24 09:00:00.000000',NULL,'admin','Admin','','','','administrateur','none',1,NULL,0,'',1,'',NULL,0,NULL,0,NULL,NULL);
CREATE TABLE audit_event (
	seq INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	user_id INTEGER, 
	actor VARCHAR NOT NULL, 
	action VARCHAR NOT NULL, 
	entity VARCHAR NOT NULL, 
	entity_id VARCHAR, 
	subject_id INTEGER, 
	fields VARCHAR NOT NULL, 
	change VARCHAR NOT NULL, 
	previous VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	CONSTRAINT pk_audit_event PRIMARY KEY (seq)
);
INSERT INTO "audit_event" VALUES(1,1,'2026-11-24 09:00:00.000000',1,'alice','create','contact','1',1,'last_name','p1|lPm0TQIze9V8ynjL|MqIcVR-TV1nNp-mKR0Am9gPU5t1JnFkXYq8oWFysS5cT2nfN5l6qbqUKFL2gW1FpGa5BkRphepAHy6UobXg=','','696b0f633206bcb17f991ac7c75141e0f57b1fb4537876b26c36feec754a3b4c');
INSERT INTO "audit_event" VALUES(2,1,'2026-11-24 09:00:00.000000',1,'alice','create','account','1',NULL,'envelope','{"before":null,"after":{"envelope":"assurance_vie"}}','696b0f633206bcb17f991ac7c75141e0f57b1fb4537876b26c36feec754a3b4c','cf4947702ad9f588cf351584e523a4375289d7841cd6b30418d78ed055d47d64');
CREATE TABLE broker_route (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	provider_id INTEGER NOT NULL, 
	code VARCHAR NOT NULL, 
	code_key VARCHAR NOT NULL, 
	adviser_id INTEGER, 
	agency_id INTEGER, 
	starts_on DATE, 
	ends_on DATE, 
	CONSTRAINT pk_broker_route PRIMARY KEY (id), 
	CONSTRAINT fk_broker_route_adviser_id_app_user FOREIGN KEY(adviser_id) REFERENCES app_user (id), 
	CONSTRAINT fk_broker_route_agency_id_agency FOREIGN KEY(agency_id) REFERENCES agency (id), 
	CONSTRAINT fk_broker_route_provider_id_provider FOREIGN KEY(provider_id) REFERENCES provider (id)
);
CREATE TABLE consent (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	contact_id INTEGER NOT NULL, 
	channel VARCHAR NOT NULL, 
	purpose VARCHAR NOT NULL, 
	given BOOLEAN NOT NULL, 
	given_on DATE NOT NULL, 
	proof VARCHAR NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	recorded_by VARCHAR NOT NULL, 
	CONSTRAINT pk_consent PRIMARY KEY (id), 
	CONSTRAINT fk_consent_contact_id_contact FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE CASCADE
);
CREATE TABLE contact (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	kind VARCHAR NOT NULL, 
	stage VARCHAR NOT NULL, 
	file_code VARCHAR NOT NULL, 
	client_number VARCHAR NOT NULL, 
	civility VARCHAR NOT NULL, 
	last_name VARCHAR NOT NULL, 
	birth_name VARCHAR NOT NULL, 
	first_name VARCHAR NOT NULL, 
	legal_name VARCHAR NOT NULL, 
	siren VARCHAR NOT NULL, 
	legal_form VARCHAR NOT NULL, 
	birth_date DATE, 
	birth_place VARCHAR NOT NULL, 
	death_date DATE, 
	nationality VARCHAR NOT NULL, 
	second_nationality VARCHAR NOT NULL, 
	tax_country VARCHAR NOT NULL, 
	marital_status VARCHAR NOT NULL, 
	matrimonial_regime VARCHAR NOT NULL, 
	legal_capacity VARCHAR NOT NULL, 
	profession VARCHAR NOT NULL, 
	pep VARCHAR NOT NULL, 
	us_person VARCHAR NOT NULL, 
	email VARCHAR NOT NULL, 
	phone VARCHAR NOT NULL, 
	segment VARCHAR NOT NULL, 
	origin VARCHAR NOT NULL, 
	comment VARCHAR NOT NULL, 
	adviser_id INTEGER, 
	search_key VARCHAR NOT NULL, 
	archived_at DATETIME, 
	CONSTRAINT pk_contact PRIMARY KEY (id), 
	CONSTRAINT uq_contact_firm_id_file_code UNIQUE (firm_id, file_code)
);
INSERT INTO "contact" VALUES(1,1,1,'2026-11-24 09:00:00.000000',1,'2026-11-24 09:00:00.000000',1,'person','client','C00001','','','Martin','','Anne','','','',NULL,'',NULL,'','','','','','capable','','','','','','','','',1,'martin anne c00001',NULL);
INSERT INTO "contact" VALUES(2,1,1,'2026-11-24 09:00:00.000000',1,'2026-11-24 09:00:00.000000',1,'person','client','C00002','','','Martin','','Paul','','','',NULL,'',NULL,'','','','','','capable','','','','','','','','',1,'martin paul c00002',NULL);
INSERT INTO "contact" VALUES(3,1,1,'2026-11-24 09:00:00.000000',1,'2026-11-24 09:00:00.000000',1,'household','client','F00003','','','Foyer Martin','','','','','',NULL,'',NULL,'','','','','','capable','','','','','','','','',1,'foyer martin f00003',NULL);
CREATE TABLE contact_change (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	contact_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	actor VARCHAR NOT NULL, 
	action VARCHAR NOT NULL, 
	field VARCHAR NOT NULL, 
	"before" VARCHAR NOT NULL, 
	"after" VARCHAR NOT NULL, 
	CONSTRAINT pk_contact_change PRIMARY KEY (id), 
	CONSTRAINT fk_contact_change_contact_id_contact FOREIGN KEY(contact_id) REFERENCES contact (id) ON DELETE CASCADE
);
CREATE TABLE contact_group (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	name VARCHAR NOT NULL, 
	adviser_id INTEGER, 
	CONSTRAINT pk_contact_group PRIMARY KEY (id), 
	CONSTRAINT uq_contact_group_firm_id_name UNIQUE (firm_id, name)
);
CREATE TABLE contact_group_member (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	group_id INTEGER NOT NULL, 
	contact_id INTEGER NOT NULL, 
	CONSTRAINT pk_contact_group_member PRIMARY KEY (id), 
	CONSTRAINT fk_contact_group_member_contact_id_contact FOREIGN KEY(contact_id) REFERENCES contact (id), 
	CONSTRAINT fk_contact_group_member_group_id_contact_group FOREIGN KEY(group_id) REFERENCES contact_group (id), 
	CONSTRAINT uq_contact_group_member_group_id_contact_id UNIQUE (group_id, contact_id)
);
CREATE TABLE contact_relation (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	from_id INTEGER NOT NULL, 
	to_id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	since DATE, 
	until DATE, 
	comment VARCHAR NOT NULL, 
	CONSTRAINT pk_contact_relation PRIMARY KEY (id), 
	CONSTRAINT fk_contact_relation_from_id_contact FOREIGN KEY(from_id) REFERENCES contact (id), 
	CONSTRAINT fk_contact_relation_to_id_contact FOREIGN KEY(to_id) REFERENCES contact (id), 
	CONSTRAINT uq_contact_relation_from_id_to_id_kind UNIQUE (from_id, to_id, kind)
);
CREATE TABLE data_version (
	firm_id INTEGER NOT NULL, 
	dataset VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_data_version PRIMARY KEY (firm_id, dataset)
);
INSERT INTO "data_version" VALUES(1,'contacts',5);
INSERT INTO "data_version" VALUES(1,'market',2);
INSERT INTO "data_version" VALUES(1,'portfolio',6);
INSERT INTO "data_version" VALUES(1,'prices',1);
CREATE TABLE delivery (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	file_name VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	size INTEGER NOT NULL, 
	received_at DATETIME NOT NULL, 
	channel VARCHAR NOT NULL, 
	feed_id INTEGER, 
	format VARCHAR NOT NULL, 
	mapping_code VARCHAR NOT NULL, 
	mapping_revision INTEGER, 
	state VARCHAR NOT NULL, 
	message VARCHAR NOT NULL, 
	as_of DATE, 
	rows INTEGER NOT NULL, 
	mapped INTEGER NOT NULL, 
	ignored INTEGER NOT NULL, 
	errors INTEGER NOT NULL, 
	situations_new INTEGER NOT NULL, 
	situations_unchanged INTEGER NOT NULL, 
	movements_new INTEGER NOT NULL, 
	movements_duplicate INTEGER NOT NULL, 
	instruments_created INTEGER NOT NULL, 
	for_contact_id INTEGER, 
	duplicate_of INTEGER, 
	cancelled_at DATETIME, asked_feed VARCHAR DEFAULT '' NOT NULL, statement_blob VARCHAR DEFAULT '' NOT NULL, completeness VARCHAR DEFAULT '' NOT NULL, 
	CONSTRAINT pk_delivery PRIMARY KEY (id), 
	CONSTRAINT fk_delivery_feed_id_feed FOREIGN KEY(feed_id) REFERENCES feed (id)
);
CREATE TABLE "delivery_account" (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	delivery_id INTEGER NOT NULL, 
	external_id VARCHAR NOT NULL, 
	account_id INTEGER, 
	state VARCHAR NOT NULL, 
	label VARCHAR NOT NULL, 
	holder VARCHAR NOT NULL, 
	envelope VARCHAR NOT NULL, 
	currency VARCHAR NOT NULL, 
	lines INTEGER NOT NULL, 
	movements INTEGER NOT NULL, 
	reason VARCHAR NOT NULL, 
	provider_id INTEGER, 
	as_of DATE, 
	total BIGINT, broker_code VARCHAR DEFAULT '' NOT NULL, adviser_id INTEGER, agency_id INTEGER, committed_in INTEGER, 
	CONSTRAINT pk_delivery_account PRIMARY KEY (id), 
	CONSTRAINT uq_delivery_account_delivery_id_external_id UNIQUE (delivery_id, external_id), 
	CONSTRAINT fk_delivery_account_delivery_id_delivery FOREIGN KEY(delivery_id) REFERENCES delivery (id), 
	CONSTRAINT fk_delivery_account_provider_id_provider FOREIGN KEY(provider_id) REFERENCES provider (id)
);
CREATE TABLE delivery_event (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	delivery_id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	user_id INTEGER, 
	CONSTRAINT pk_delivery_event PRIMARY KEY (id), 
	CONSTRAINT fk_delivery_event_delivery_id_delivery FOREIGN KEY(delivery_id) REFERENCES delivery (id)
);
CREATE TABLE delivery_fund (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	delivery_id INTEGER NOT NULL, 
	fund VARCHAR NOT NULL, 
	label VARCHAR NOT NULL, 
	template VARCHAR NOT NULL, 
	as_of DATE NOT NULL, 
	locator VARCHAR NOT NULL, 
	instrument_id INTEGER, 
	state VARCHAR NOT NULL, 
	facts INTEGER NOT NULL, 
	lines INTEGER NOT NULL, 
	reason VARCHAR NOT NULL, 
	CONSTRAINT pk_delivery_fund PRIMARY KEY (id), 
	CONSTRAINT fk_delivery_fund_delivery_id_delivery FOREIGN KEY(delivery_id) REFERENCES delivery (id), 
	CONSTRAINT fk_delivery_fund_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id), 
	CONSTRAINT uq_delivery_fund_delivery_id_fund UNIQUE (delivery_id, fund)
);
CREATE TABLE delivery_step (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	delivery_id INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	actor VARCHAR NOT NULL, 
	CONSTRAINT pk_delivery_step PRIMARY KEY (id), 
	CONSTRAINT fk_delivery_step_delivery_id_delivery FOREIGN KEY(delivery_id) REFERENCES delivery (id)
);
CREATE TABLE dirty_part (
	firm_id INTEGER NOT NULL, 
	dataset VARCHAR NOT NULL, 
	part VARCHAR NOT NULL, 
	marks INTEGER NOT NULL, 
	published INTEGER NOT NULL, 
	CONSTRAINT pk_dirty_part PRIMARY KEY (firm_id, dataset, part)
);
CREATE TABLE display (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	user_id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	columns VARCHAR NOT NULL, 
	sort VARCHAR NOT NULL, 
	first_in_pickers BOOLEAN NOT NULL, 
	CONSTRAINT pk_display PRIMARY KEY (id), 
	CONSTRAINT uq_display_firm_id_user_id_name UNIQUE (firm_id, user_id, name)
);
CREATE TABLE document (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	owner_kind VARCHAR NOT NULL, 
	owner_id INTEGER NOT NULL, 
	account_id INTEGER, 
	category VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	file_name VARCHAR NOT NULL, 
	dated_on DATE, 
	valid_until DATE, 
	signed_on DATE, 
	signers VARCHAR NOT NULL, 
	media_type VARCHAR NOT NULL, 
	size INTEGER NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	visibility VARCHAR NOT NULL, 
	CONSTRAINT pk_document PRIMARY KEY (id)
);
CREATE TABLE doubtful_price (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	instrument_id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	source VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	value BIGINT NOT NULL, 
	currency VARCHAR NOT NULL, 
	previous_value BIGINT NOT NULL, 
	previous_on DATE NOT NULL, 
	delivery_id INTEGER, 
	state VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	decided_at DATETIME, 
	decided_by INTEGER, 
	CONSTRAINT pk_doubtful_price PRIMARY KEY (id), 
	CONSTRAINT fk_doubtful_price_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id), 
	CONSTRAINT uq_doubtful_price_firm_id_instrument_id_day_source UNIQUE (firm_id, instrument_id, day, source)
);
CREATE TABLE download_ticket (
	ticket_hash VARCHAR NOT NULL, 
	firm_id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	blob VARCHAR NOT NULL, 
	file_name VARCHAR NOT NULL, 
	media_type VARCHAR NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, 
	CONSTRAINT pk_download_ticket PRIMARY KEY (ticket_hash)
);
CREATE TABLE favourite (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	user_id INTEGER NOT NULL, 
	instrument_id INTEGER NOT NULL, 
	rank INTEGER NOT NULL, 
	comment VARCHAR NOT NULL, 
	CONSTRAINT pk_favourite PRIMARY KEY (id), 
	CONSTRAINT fk_favourite_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id), 
	CONSTRAINT uq_favourite_firm_id_user_id_instrument_id UNIQUE (firm_id, user_id, instrument_id)
);
CREATE TABLE "feed" (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	code VARCHAR NOT NULL, 
	label VARCHAR NOT NULL, 
	provider_id INTEGER NOT NULL, 
	format VARCHAR NOT NULL, 
	mapping_code VARCHAR NOT NULL, 
	frequency VARCHAR NOT NULL, 
	grace_days INTEGER NOT NULL, 
	completeness VARCHAR NOT NULL, 
	currency VARCHAR NOT NULL, 
	max_error_share INTEGER NOT NULL, 
	auto_commit BOOLEAN NOT NULL, 
	active BOOLEAN NOT NULL, 
	asked_completeness VARCHAR DEFAULT '' NOT NULL, 
	time_zone VARCHAR DEFAULT '' NOT NULL, 
	owner_id INTEGER, 
	tolerances VARCHAR DEFAULT '' NOT NULL, date_order VARCHAR DEFAULT '' NOT NULL, account_numbers VARCHAR DEFAULT '' NOT NULL, 
	CONSTRAINT pk_feed PRIMARY KEY (id), 
	CONSTRAINT fk_feed_provider_id_provider FOREIGN KEY(provider_id) REFERENCES provider (id), 
	CONSTRAINT uq_feed_firm_id_code UNIQUE (firm_id, code), 
	CONSTRAINT fk_feed_owner_id_app_user FOREIGN KEY(owner_id) REFERENCES app_user (id)
);
CREATE TABLE feed_source (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	feed_id INTEGER NOT NULL, 
	host VARCHAR NOT NULL, 
	port INTEGER NOT NULL, 
	username VARCHAR NOT NULL, 
	auth VARCHAR NOT NULL, 
	secret VARCHAR NOT NULL, 
	fingerprint VARCHAR NOT NULL, 
	directory VARCHAR NOT NULL, 
	pattern VARCHAR NOT NULL, 
	pace VARCHAR NOT NULL, 
	hour INTEGER NOT NULL, 
	afterwards VARCHAR NOT NULL, 
	moved_to VARCHAR NOT NULL, 
	active BOOLEAN NOT NULL, 
	next_at DATETIME, 
	tried_at DATETIME, 
	succeeded_at DATETIME, 
	failures INTEGER NOT NULL, 
	message VARCHAR NOT NULL, 
	CONSTRAINT pk_feed_source PRIMARY KEY (id), 
	CONSTRAINT fk_feed_source_feed_id_feed FOREIGN KEY(feed_id) REFERENCES feed (id), 
	CONSTRAINT uq_feed_source_firm_id_feed_id UNIQUE (firm_id, feed_id)
);
CREATE TABLE file_code_counter (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	prefix VARCHAR NOT NULL, 
	next_number INTEGER NOT NULL, 
	CONSTRAINT pk_file_code_counter PRIMARY KEY (id), 
	CONSTRAINT uq_file_code_counter_firm_id_prefix UNIQUE (firm_id, prefix)
);
CREATE TABLE firm (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	name VARCHAR NOT NULL, 
	legal_form VARCHAR NOT NULL, 
	siren VARCHAR NOT NULL, 
	address VARCHAR NOT NULL, 
	phone VARCHAR NOT NULL, 
	email VARCHAR NOT NULL, 
	website VARCHAR NOT NULL, 
	orias_number VARCHAR NOT NULL, 
	association VARCHAR NOT NULL, 
	liability_insurer VARCHAR NOT NULL, 
	liability_policy VARCHAR NOT NULL, 
	mediator VARCHAR NOT NULL, 
	statuses VARCHAR NOT NULL, 
	is_demo BOOLEAN NOT NULL, 
	totp_required BOOLEAN NOT NULL, brand_colour VARCHAR DEFAULT '' NOT NULL, logo_sha256 VARCHAR DEFAULT '' NOT NULL, 
	CONSTRAINT pk_firm PRIMARY KEY (id)
);
INSERT INTO "firm" VALUES(1,1,1,'2026-11-24 09:00:00.000000',NULL,'2026-11-24 09:00:00.000000',NULL,'Cabinet d''essai','','','','','','','','','','','','',0,0,'','');
CREATE TABLE fund_fact (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	report_id INTEGER NOT NULL, 
	instrument_id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	number BIGINT, 
	text VARCHAR, 
	as_of DATE NOT NULL, 
	locator VARCHAR NOT NULL, 
	CONSTRAINT pk_fund_fact PRIMARY KEY (id), 
	CONSTRAINT fk_fund_fact_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id), 
	CONSTRAINT fk_fund_fact_report_id_fund_report FOREIGN KEY(report_id) REFERENCES fund_report (id)
);
CREATE TABLE fund_line (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	report_id INTEGER NOT NULL, 
	locator VARCHAR NOT NULL, 
	code VARCHAR NOT NULL, 
	code_type VARCHAR NOT NULL, 
	label VARCHAR NOT NULL, 
	asset VARCHAR NOT NULL, 
	country VARCHAR NOT NULL, 
	currency VARCHAR NOT NULL, 
	value BIGINT, 
	weight BIGINT, 
	CONSTRAINT pk_fund_line PRIMARY KEY (id), 
	CONSTRAINT fk_fund_line_report_id_fund_report FOREIGN KEY(report_id) REFERENCES fund_report (id)
);
CREATE TABLE fund_report (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	instrument_id INTEGER NOT NULL, 
	template VARCHAR NOT NULL, 
	edition VARCHAR NOT NULL, 
	as_of DATE NOT NULL, 
	state VARCHAR NOT NULL, 
	delivery_id INTEGER, 
	locator VARCHAR NOT NULL, 
	label VARCHAR NOT NULL, 
	manufacturer VARCHAR NOT NULL, 
	currency VARCHAR NOT NULL, 
	digest VARCHAR NOT NULL, 
	CONSTRAINT pk_fund_report PRIMARY KEY (id), 
	CONSTRAINT fk_fund_report_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id)
);
CREATE TABLE fund_status (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	instrument_id INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	decided_on DATE NOT NULL, 
	review_on DATE, 
	decided_at DATETIME NOT NULL, 
	decided_by INTEGER, 
	CONSTRAINT pk_fund_status PRIMARY KEY (id), 
	CONSTRAINT fk_fund_status_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id)
);
CREATE TABLE household_member (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	household_id INTEGER NOT NULL, 
	contact_id INTEGER NOT NULL, 
	role VARCHAR NOT NULL, 
	CONSTRAINT pk_household_member PRIMARY KEY (id), 
	CONSTRAINT fk_household_member_contact_id_contact FOREIGN KEY(contact_id) REFERENCES contact (id), 
	CONSTRAINT fk_household_member_household_id_contact FOREIGN KEY(household_id) REFERENCES contact (id), 
	CONSTRAINT uq_household_member_household_id_contact_id UNIQUE (household_id, contact_id)
);
INSERT INTO "household_member" VALUES(1,1,1,'2026-11-24 09:00:00.000000',1,'2026-11-24 09:00:00.000000',1,3,1,'head');
INSERT INTO "household_member" VALUES(2,1,1,'2026-11-24 09:00:00.000000',1,'2026-11-24 09:00:00.000000',1,3,2,'other');
CREATE TABLE idempotency_key (
	firm_id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	made_id INTEGER, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_idempotency_key PRIMARY KEY (firm_id, "key")
);
CREATE TABLE instrument (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	isin VARCHAR, 
	label VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	asset_class VARCHAR NOT NULL, 
	currency VARCHAR NOT NULL, 
	provider_id INTEGER, 
	manager VARCHAR NOT NULL, 
	sri INTEGER, 
	sfdr INTEGER, 
	price_factor BIGINT NOT NULL, 
	status VARCHAR NOT NULL, 
	search_key VARCHAR NOT NULL, reported_sri INTEGER, reported_sfdr INTEGER, zone VARCHAR DEFAULT '' NOT NULL, eligible VARCHAR DEFAULT '' NOT NULL, labels VARCHAR DEFAULT '' NOT NULL, described_on DATE, income VARCHAR DEFAULT '' NOT NULL, 
	CONSTRAINT pk_instrument PRIMARY KEY (id), 
	CONSTRAINT fk_instrument_provider_id_provider FOREIGN KEY(provider_id) REFERENCES provider (id), 
	CONSTRAINT uq_instrument_firm_id_isin UNIQUE (firm_id, isin)
);
INSERT INTO "instrument" VALUES(1,1,1,'2026-11-24 09:00:00.000000',1,'2026-11-24 09:00:00.000000',1,'XF0000000046','Fonds d''essai','opcvm','equity','EUR',NULL,'',NULL,NULL,100000000,'active','fonds d essai xf0000000046',NULL,NULL,'','','',NULL,'');
CREATE TABLE instrument_alias (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	provider_id INTEGER NOT NULL, 
	code_type VARCHAR NOT NULL, 
	code VARCHAR NOT NULL, 
	instrument_id INTEGER NOT NULL, 
	CONSTRAINT pk_instrument_alias PRIMARY KEY (id), 
	CONSTRAINT fk_instrument_alias_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id), 
	CONSTRAINT uq_instrument_alias_firm_id_provider_id_code_type_code UNIQUE (firm_id, provider_id, code_type, code)
);
CREATE TABLE instrument_request (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	label VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	isin VARCHAR NOT NULL, 
	issuer VARCHAR NOT NULL, 
	proof_sha VARCHAR NOT NULL, 
	proof_name VARCHAR NOT NULL, 
	comment VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	instrument_id INTEGER, 
	requested_by INTEGER, 
	answer VARCHAR NOT NULL, 
	decided_at DATETIME, 
	CONSTRAINT pk_instrument_request PRIMARY KEY (id), 
	CONSTRAINT fk_instrument_request_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id)
);
CREATE TABLE job (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	payload VARCHAR NOT NULL, 
	"key" VARCHAR, 
	state VARCHAR NOT NULL, 
	run_at DATETIME NOT NULL, 
	attempts INTEGER NOT NULL, 
	lease_until DATETIME, 
	worker VARCHAR NOT NULL, 
	done INTEGER NOT NULL, 
	total INTEGER NOT NULL, 
	message VARCHAR NOT NULL, 
	result VARCHAR NOT NULL, 
	cancel_asked BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	created_by INTEGER, 
	started_at DATETIME, 
	finished_at DATETIME, 
	CONSTRAINT pk_job PRIMARY KEY (id), 
	CONSTRAINT uq_job_firm_id_key UNIQUE (firm_id, "key")
);
INSERT INTO "job" VALUES(1,1,'import','{"delivery":1}','once','queued','2026-11-24 09:00:00.000000',0,NULL,'',0,0,'','null',0,'2026-11-24 09:00:00.000000',1,NULL,NULL);
CREATE TABLE mail_attachment (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	mail_id INTEGER NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	file_name VARCHAR NOT NULL, 
	media_type VARCHAR NOT NULL, 
	size INTEGER NOT NULL, 
	document_id INTEGER, 
	CONSTRAINT pk_mail_attachment PRIMARY KEY (id), 
	CONSTRAINT fk_mail_attachment_mail_id_outgoing_mail FOREIGN KEY(mail_id) REFERENCES outgoing_mail (id) ON DELETE CASCADE
);
CREATE TABLE mail_server (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	host VARCHAR NOT NULL, 
	port INTEGER NOT NULL, 
	security VARCHAR NOT NULL, 
	login VARCHAR NOT NULL, 
	secret VARCHAR NOT NULL, 
	sender_name VARCHAR NOT NULL, 
	sender_address VARCHAR NOT NULL, 
	per_minute INTEGER NOT NULL, 
	tried_at DATETIME, 
	failure VARCHAR NOT NULL, 
	CONSTRAINT pk_mail_server PRIMARY KEY (id), 
	CONSTRAINT uq_mail_server_firm_id UNIQUE (firm_id)
);
CREATE TABLE mapping (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	code VARCHAR NOT NULL, 
	revision INTEGER NOT NULL, 
	text VARCHAR NOT NULL, 
	note VARCHAR NOT NULL, 
	CONSTRAINT pk_mapping PRIMARY KEY (id), 
	CONSTRAINT uq_mapping_firm_id_code_revision UNIQUE (firm_id, code, revision)
);
CREATE TABLE model_following (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	account_id INTEGER NOT NULL, 
	model_id INTEGER NOT NULL, 
	since DATE NOT NULL, 
	until DATE, 
	CONSTRAINT pk_model_following PRIMARY KEY (id), 
	CONSTRAINT fk_model_following_account_id_account FOREIGN KEY(account_id) REFERENCES account (id), 
	CONSTRAINT fk_model_following_model_id_model_portfolio FOREIGN KEY(model_id) REFERENCES model_portfolio (id)
);
CREATE TABLE model_line (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version_id INTEGER NOT NULL, 
	instrument_id INTEGER NOT NULL, 
	rank INTEGER NOT NULL, 
	weight BIGINT NOT NULL, 
	minimum BIGINT, 
	maximum BIGINT, 
	CONSTRAINT pk_model_line PRIMARY KEY (id), 
	CONSTRAINT fk_model_line_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id), 
	CONSTRAINT fk_model_line_version_id_model_version FOREIGN KEY(version_id) REFERENCES model_version (id), 
	CONSTRAINT uq_model_line_version_id_instrument_id UNIQUE (version_id, instrument_id)
);
CREATE TABLE model_portfolio (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	name VARCHAR NOT NULL, 
	risk_level INTEGER NOT NULL, 
	currency VARCHAR NOT NULL, 
	benchmark_id INTEGER, 
	description VARCHAR NOT NULL, 
	archived BOOLEAN NOT NULL, 
	CONSTRAINT pk_model_portfolio PRIMARY KEY (id), 
	CONSTRAINT fk_model_portfolio_benchmark_id_instrument FOREIGN KEY(benchmark_id) REFERENCES instrument (id)
);
CREATE TABLE model_version (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	model_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	valid_from DATE, 
	comment VARCHAR NOT NULL, 
	published_at DATETIME, 
	published_by INTEGER, 
	CONSTRAINT pk_model_version PRIMARY KEY (id), 
	CONSTRAINT fk_model_version_model_id_model_portfolio FOREIGN KEY(model_id) REFERENCES model_portfolio (id), 
	CONSTRAINT uq_model_version_model_id_number UNIQUE (model_id, number)
);
CREATE TABLE movement (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	ordinal INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	trade_on DATE NOT NULL, 
	value_on DATE, 
	kind VARCHAR NOT NULL, 
	instrument_id INTEGER, 
	label VARCHAR NOT NULL, 
	quantity BIGINT, 
	price BIGINT, 
	gross BIGINT, 
	fees BIGINT, 
	taxes BIGINT, 
	net BIGINT, 
	currency VARCHAR NOT NULL, 
	fx_rate BIGINT, 
	content_hash VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	delivery_id INTEGER, 
	locator VARCHAR NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	reverses_id INTEGER, 
	withdrawn_by INTEGER, takeover_id INTEGER, 
	CONSTRAINT pk_movement PRIMARY KEY (id), 
	CONSTRAINT fk_movement_account_id_account FOREIGN KEY(account_id) REFERENCES account (id), 
	CONSTRAINT fk_movement_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id), 
	CONSTRAINT uq_movement_account_id_key_ordinal_revision UNIQUE (account_id, "key", ordinal, revision)
);
INSERT INTO "movement" VALUES(1,1,1,'k6',1,1,'posted','2026-10-01','2026-10-01','deposit',NULL,'',NULL,NULL,NULL,NULL,NULL,100000000000,'EUR',NULL,'k6','partner',NULL,'','2026-11-24 09:00:00.000000',NULL,NULL,NULL);
CREATE TABLE movement_reason (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	movement_id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	author VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	replaces_id INTEGER, 
	CONSTRAINT pk_movement_reason PRIMARY KEY (id), 
	CONSTRAINT fk_movement_reason_account_id_account FOREIGN KEY(account_id) REFERENCES account (id)
);
CREATE TABLE outgoing_mail (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	contact_id INTEGER NOT NULL, 
	to_address VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	body VARCHAR NOT NULL, 
	author VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	message_id VARCHAR NOT NULL, 
	attempts INTEGER NOT NULL, 
	next_at DATETIME NOT NULL, 
	taken_at DATETIME, 
	sent_at DATETIME, 
	reason VARCHAR NOT NULL, 
	CONSTRAINT pk_outgoing_mail PRIMARY KEY (id)
);
CREATE TABLE pending_price (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	instrument_id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	value BIGINT NOT NULL, 
	currency VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	CONSTRAINT pk_pending_price PRIMARY KEY (id), 
	CONSTRAINT fk_pending_price_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id), 
	CONSTRAINT uq_pending_price_firm_id_instrument_id_day_source UNIQUE (firm_id, instrument_id, day, source)
);
INSERT INTO "pending_price" VALUES(1,1,1,'2026-10-31',10000000000,'EUR','nav','essai','2026-11-24 09:00:00.000000');
CREATE TABLE pending_rate (
	firm_id INTEGER NOT NULL, 
	currency VARCHAR NOT NULL, 
	day DATE NOT NULL, 
	units_per_euro BIGINT NOT NULL, 
	source VARCHAR NOT NULL, 
	CONSTRAINT pk_pending_rate PRIMARY KEY (firm_id, currency, day)
);
CREATE TABLE person_key (
	contact_id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	sealed VARCHAR NOT NULL, 
	CONSTRAINT pk_person_key PRIMARY KEY (contact_id)
);
INSERT INTO "person_key" VALUES(1,1,'v1|k1|UvE4dvbfv37xZjzt|xi_y0Wc_T9zFmrfBhjPD1bD9OdAAefyByQlMzuatfPFJGtP8_Kqy3qA_BZaM7uaCVWYGpW2ht9WWwxpp');
CREATE TABLE picked_file (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	source_id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	size BIGINT NOT NULL, 
	changed BIGINT NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	picked_at DATETIME NOT NULL, 
	CONSTRAINT pk_picked_file PRIMARY KEY (id), 
	CONSTRAINT fk_picked_file_source_id_feed_source FOREIGN KEY(source_id) REFERENCES feed_source (id), 
	CONSTRAINT uq_picked_file_source_id_name_size_changed UNIQUE (source_id, name, size, changed)
);
CREATE TABLE position_override (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	account_id INTEGER NOT NULL, 
	instrument_id INTEGER NOT NULL, 
	field VARCHAR NOT NULL, 
	value BIGINT, 
	text VARCHAR NOT NULL, 
	told VARCHAR NOT NULL, 
	since DATE NOT NULL, 
	until DATE, 
	reason VARCHAR NOT NULL, 
	author VARCHAR NOT NULL, 
	ended_at DATETIME, 
	ended_by INTEGER, 
	CONSTRAINT pk_position_override PRIMARY KEY (id), 
	CONSTRAINT fk_position_override_account_id_account FOREIGN KEY(account_id) REFERENCES account (id), 
	CONSTRAINT fk_position_override_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id)
);
CREATE TABLE price_correction (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	instrument_id INTEGER NOT NULL, 
	day DATE NOT NULL, 
	source VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	value BIGINT NOT NULL, 
	currency VARCHAR NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	replaced_at DATETIME NOT NULL, 
	delivery_id INTEGER, 
	CONSTRAINT pk_price_correction PRIMARY KEY (id), 
	CONSTRAINT fk_price_correction_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id)
);
CREATE TABLE product (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	provider_id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	envelope VARCHAR NOT NULL, 
	minimum_eur BIGINT, 
	payment_eur BIGINT, 
	entry_fee BIGINT, 
	management_fee BIGINT, 
	euro_fee BIGINT, 
	switch_fee BIGINT, 
	euro_rate BIGINT, 
	euro_rate_year INTEGER, 
	units INTEGER, 
	open BOOLEAN NOT NULL, 
	CONSTRAINT pk_product PRIMARY KEY (id), 
	CONSTRAINT fk_product_provider_id_provider FOREIGN KEY(provider_id) REFERENCES provider (id), 
	CONSTRAINT uq_product_firm_id_provider_id_name UNIQUE (firm_id, provider_id, name)
);
CREATE TABLE product_range (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	name VARCHAR NOT NULL, 
	purpose VARCHAR NOT NULL, 
	in_catalogue BOOLEAN NOT NULL, 
	rank INTEGER NOT NULL, 
	CONSTRAINT pk_product_range PRIMARY KEY (id), 
	CONSTRAINT uq_product_range_firm_id_name UNIQUE (firm_id, name)
);
CREATE TABLE provider (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	code VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	roles VARCHAR NOT NULL, 
	lei VARCHAR NOT NULL, 
	bic VARCHAR NOT NULL, 
	website VARCHAR NOT NULL, 
	active BOOLEAN NOT NULL, agreement VARCHAR DEFAULT '' NOT NULL, agreed_on DATE, contact VARCHAR DEFAULT '' NOT NULL, contact_email VARCHAR DEFAULT '' NOT NULL, contact_phone VARCHAR DEFAULT '' NOT NULL, 
	CONSTRAINT pk_provider PRIMARY KEY (id), 
	CONSTRAINT uq_provider_firm_id_code UNIQUE (firm_id, code)
);
INSERT INTO "provider" VALUES(1,1,1,'2026-11-24 09:00:00.000000',1,'2026-11-24 09:00:00.000000',1,'assureur','Assureur d''essai','','','','',1,'',NULL,'','','');
CREATE TABLE range_item (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	range_id INTEGER NOT NULL, 
	instrument_id INTEGER, 
	product_id INTEGER, 
	rank INTEGER NOT NULL, 
	CONSTRAINT pk_range_item PRIMARY KEY (id), 
	CONSTRAINT fk_range_item_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id), 
	CONSTRAINT fk_range_item_product_id_product FOREIGN KEY(product_id) REFERENCES product (id), 
	CONSTRAINT fk_range_item_range_id_product_range FOREIGN KEY(range_id) REFERENCES product_range (id)
);
CREATE TABLE raw_row (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	delivery_id INTEGER NOT NULL, 
	locator VARCHAR NOT NULL, 
	cells VARCHAR NOT NULL, 
	CONSTRAINT pk_raw_row PRIMARY KEY (id), 
	CONSTRAINT fk_raw_row_delivery_id_delivery FOREIGN KEY(delivery_id) REFERENCES delivery (id), 
	CONSTRAINT uq_raw_row_delivery_id_locator UNIQUE (delivery_id, locator)
);
CREATE TABLE recovery_code (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	code_hash VARCHAR NOT NULL, 
	used_at DATETIME, 
	CONSTRAINT pk_recovery_code PRIMARY KEY (id), 
	CONSTRAINT fk_recovery_code_user_id_app_user FOREIGN KEY(user_id) REFERENCES app_user (id)
);
CREATE TABLE recurrence (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	payload VARCHAR NOT NULL, 
	every_seconds INTEGER NOT NULL, 
	next_at DATETIME NOT NULL, 
	last_at DATETIME, 
	active BOOLEAN NOT NULL, 
	CONSTRAINT pk_recurrence PRIMARY KEY (id), 
	CONSTRAINT uq_recurrence_firm_id_kind UNIQUE (firm_id, kind)
);
CREATE TABLE segment (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	dataset VARCHAR NOT NULL, 
	part VARCHAR NOT NULL, 
	path VARCHAR NOT NULL, 
	rows INTEGER NOT NULL, 
	size INTEGER NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	shape VARCHAR NOT NULL, 
	kept BOOLEAN NOT NULL, 
	live BOOLEAN NOT NULL, 
	made_at DATETIME NOT NULL, 
	retired_at DATETIME, 
	CONSTRAINT pk_segment PRIMARY KEY (id)
);
CREATE TABLE setting (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	scope VARCHAR NOT NULL, 
	owner_id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	CONSTRAINT pk_setting PRIMARY KEY (id), 
	CONSTRAINT uq_setting_firm_id_scope_owner_id_key UNIQUE (firm_id, scope, owner_id, "key")
);
CREATE TABLE sign_in_counter (
	key_hash VARCHAR NOT NULL, 
	tries INTEGER NOT NULL, 
	since DATETIME NOT NULL, 
	last_at DATETIME NOT NULL, 
	locked_until DATETIME, 
	CONSTRAINT pk_sign_in_counter PRIMARY KEY (key_hash)
);
CREATE TABLE situation (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	account_id INTEGER NOT NULL, 
	as_of DATE NOT NULL, 
	revision INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	delivery_id INTEGER, 
	currency VARCHAR NOT NULL, 
	reported_total BIGINT, 
	content_hash VARCHAR NOT NULL, 
	received_at DATETIME NOT NULL, 
	late BOOLEAN NOT NULL, 
	note VARCHAR NOT NULL, takeover_id INTEGER, 
	CONSTRAINT pk_situation PRIMARY KEY (id), 
	CONSTRAINT fk_situation_account_id_account FOREIGN KEY(account_id) REFERENCES account (id), 
	CONSTRAINT uq_situation_account_id_as_of_revision UNIQUE (account_id, as_of, revision)
);
INSERT INTO "situation" VALUES(1,1,1,'2026-11-24 09:00:00.000000',1,'2026-11-24 09:00:00.000000',1,1,'2026-10-31',1,'active','partner',NULL,'EUR',123457000000,'h5','2026-11-24 09:00:00.000000',0,'',NULL);
CREATE TABLE situation_line (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	situation_id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	instrument_id INTEGER NOT NULL, 
	label VARCHAR NOT NULL, 
	quantity BIGINT, 
	unit_cost BIGINT, 
	price BIGINT, 
	price_on DATE, 
	accrued BIGINT, 
	value BIGINT, 
	currency VARCHAR NOT NULL, 
	locator VARCHAR NOT NULL, 
	CONSTRAINT pk_situation_line PRIMARY KEY (id), 
	CONSTRAINT fk_situation_line_account_id_account FOREIGN KEY(account_id) REFERENCES account (id), 
	CONSTRAINT fk_situation_line_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id), 
	CONSTRAINT fk_situation_line_situation_id_situation FOREIGN KEY(situation_id) REFERENCES situation (id)
);
INSERT INTO "situation_line" VALUES(1,1,1,1,1,'ligne',1234567891,NULL,10000000000,NULL,NULL,123457000000,'EUR','ligne 1');
CREATE TABLE statement_issue (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	contact_id INTEGER NOT NULL, 
	scope_kind VARCHAR NOT NULL, 
	scope_id INTEGER NOT NULL, 
	model VARCHAR NOT NULL, 
	format VARCHAR NOT NULL, 
	start_on DATE NOT NULL, 
	end_on DATE NOT NULL, 
	document_id INTEGER NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	batch INTEGER, 
	data_on DATE, 
	CONSTRAINT pk_statement_issue PRIMARY KEY (id), 
	CONSTRAINT uq_statement_issue_firm_id_batch_contact_id UNIQUE (firm_id, batch, contact_id)
);
CREATE TABLE statement_model (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	name VARCHAR NOT NULL, 
	sections VARCHAR NOT NULL, 
	period VARCHAR NOT NULL, 
	letter VARCHAR NOT NULL, 
	comment VARCHAR NOT NULL, 
	CONSTRAINT pk_statement_model PRIMARY KEY (id), 
	CONSTRAINT uq_statement_model_firm_id_name UNIQUE (firm_id, name)
);
CREATE TABLE statement_number (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	delivery_id INTEGER NOT NULL, 
	external_id VARCHAR NOT NULL, 
	number INTEGER NOT NULL, 
	as_of DATE NOT NULL, 
	CONSTRAINT pk_statement_number PRIMARY KEY (id), 
	CONSTRAINT fk_statement_number_delivery_id_delivery FOREIGN KEY(delivery_id) REFERENCES delivery (id)
);
CREATE TABLE support_description (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	instrument_id INTEGER NOT NULL, 
	zone VARCHAR NOT NULL, 
	eligible VARCHAR NOT NULL, 
	labels VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	as_of DATE NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	author VARCHAR NOT NULL, 
	CONSTRAINT pk_support_description PRIMARY KEY (id), 
	CONSTRAINT fk_support_description_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id)
);
CREATE TABLE support_link (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	instrument_id INTEGER NOT NULL, 
	category VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	address VARCHAR NOT NULL, 
	dated_on DATE, 
	valid_until DATE, 
	CONSTRAINT pk_support_link PRIMARY KEY (id), 
	CONSTRAINT fk_support_link_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id)
);
CREATE TABLE support_note (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	instrument_id INTEGER NOT NULL, 
	thread INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	text VARCHAR NOT NULL, 
	author VARCHAR NOT NULL, 
	written_at DATETIME NOT NULL, 
	CONSTRAINT pk_support_note PRIMARY KEY (id), 
	CONSTRAINT fk_support_note_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id), 
	CONSTRAINT uq_support_note_instrument_id_thread_revision UNIQUE (instrument_id, thread, revision)
);
CREATE TABLE switch_line (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	proposal_id INTEGER NOT NULL, 
	instrument_id INTEGER, 
	label VARCHAR NOT NULL, 
	rank INTEGER NOT NULL, 
	before_eur BIGINT NOT NULL, 
	target BIGINT, 
	side VARCHAR NOT NULL, 
	amount_eur BIGINT, 
	share BIGINT, 
	after_eur BIGINT NOT NULL, 
	missing_eur BIGINT, 
	indicative BOOLEAN NOT NULL, 
	note VARCHAR NOT NULL, 
	CONSTRAINT pk_switch_line PRIMARY KEY (id), 
	CONSTRAINT fk_switch_line_instrument_id_instrument FOREIGN KEY(instrument_id) REFERENCES instrument (id), 
	CONSTRAINT fk_switch_line_proposal_id_switch_proposal FOREIGN KEY(proposal_id) REFERENCES switch_proposal (id)
);
CREATE TABLE switch_proposal (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	account_id INTEGER NOT NULL, 
	model_id INTEGER NOT NULL, 
	model_version_id INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	made_on DATE NOT NULL, 
	total_eur BIGINT NOT NULL, 
	switch_fee_eur BIGINT, 
	entry_fee_eur BIGINT, 
	gain_eur BIGINT, 
	tax_eur BIGINT, 
	tax_note VARCHAR NOT NULL, 
	notes VARCHAR NOT NULL, 
	by_solver BOOLEAN NOT NULL, 
	terms VARCHAR NOT NULL, 
	fingerprint VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	decided_at DATETIME, 
	decided_by INTEGER, 
	CONSTRAINT pk_switch_proposal PRIMARY KEY (id), 
	CONSTRAINT fk_switch_proposal_account_id_account FOREIGN KEY(account_id) REFERENCES account (id), 
	CONSTRAINT fk_switch_proposal_model_id_model_portfolio FOREIGN KEY(model_id) REFERENCES model_portfolio (id), 
	CONSTRAINT fk_switch_proposal_model_version_id_model_version FOREIGN KEY(model_version_id) REFERENCES model_version (id)
);
CREATE TABLE takeover (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	name VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	default_adviser_id INTEGER, 
	rehearsed_at DATETIME, 
	report_blob VARCHAR NOT NULL, 
	turn INTEGER NOT NULL, 
	job_id INTEGER, 
	committed_at DATETIME, 
	committed_by INTEGER, 
	undone_at DATETIME, 
	CONSTRAINT pk_takeover PRIMARY KEY (id)
);
CREATE TABLE takeover_decision (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	takeover_id INTEGER NOT NULL, 
	client VARCHAR NOT NULL, 
	choice VARCHAR NOT NULL, 
	contact_id INTEGER, 
	CONSTRAINT pk_takeover_decision PRIMARY KEY (id), 
	CONSTRAINT fk_takeover_decision_takeover_id_takeover FOREIGN KEY(takeover_id) REFERENCES takeover (id), 
	CONSTRAINT uq_takeover_decision_takeover_id_client UNIQUE (takeover_id, client)
);
CREATE TABLE takeover_file (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	takeover_id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	file_name VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	size INTEGER NOT NULL, 
	rows INTEGER NOT NULL, 
	table_blob VARCHAR NOT NULL, 
	columns VARCHAR NOT NULL, 
	mapping VARCHAR NOT NULL, 
	CONSTRAINT pk_takeover_file PRIMARY KEY (id), 
	CONSTRAINT fk_takeover_file_takeover_id_takeover FOREIGN KEY(takeover_id) REFERENCES takeover (id)
);
CREATE TABLE takeover_profile (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	source VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	mapping VARCHAR NOT NULL, 
	CONSTRAINT pk_takeover_profile PRIMARY KEY (id), 
	CONSTRAINT uq_takeover_profile_firm_id_source_kind UNIQUE (firm_id, source, kind)
);
CREATE TABLE takeover_step (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	unit_id INTEGER NOT NULL, 
	entity VARCHAR NOT NULL, 
	entity_id INTEGER NOT NULL, 
	action VARCHAR NOT NULL, 
	"before" VARCHAR NOT NULL, 
	"after" VARCHAR NOT NULL, 
	row_version INTEGER NOT NULL, 
	CONSTRAINT pk_takeover_step PRIMARY KEY (id), 
	CONSTRAINT fk_takeover_step_unit_id_takeover_unit FOREIGN KEY(unit_id) REFERENCES takeover_unit (id)
);
CREATE TABLE takeover_unit (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	takeover_id INTEGER NOT NULL, 
	turn INTEGER NOT NULL, 
	client VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	message VARCHAR NOT NULL, 
	CONSTRAINT pk_takeover_unit PRIMARY KEY (id), 
	CONSTRAINT fk_takeover_unit_takeover_id_takeover FOREIGN KEY(takeover_id) REFERENCES takeover (id), 
	CONSTRAINT uq_takeover_unit_takeover_id_turn_client UNIQUE (takeover_id, turn, client)
);
CREATE TABLE team (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	name VARCHAR NOT NULL, 
	agency_id INTEGER NOT NULL, 
	manager_id INTEGER, 
	CONSTRAINT pk_team PRIMARY KEY (id), 
	CONSTRAINT fk_team_agency_id_agency FOREIGN KEY(agency_id) REFERENCES agency (id), 
	CONSTRAINT uq_team_firm_id_name UNIQUE (firm_id, name)
);
CREATE TABLE technical_alert (
	id INTEGER NOT NULL, 
	firm_id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	created_at DATETIME, 
	created_by INTEGER, 
	updated_at DATETIME, 
	updated_by INTEGER, 
	code VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	live_key VARCHAR, 
	message VARCHAR NOT NULL, 
	feed_id INTEGER, 
	delivery_id INTEGER, 
	account_id INTEGER, 
	owner_id INTEGER, 
	state VARCHAR NOT NULL, 
	since DATETIME NOT NULL, 
	decided_by INTEGER, 
	reason VARCHAR NOT NULL, 
	closed_at DATETIME, 
	CONSTRAINT pk_technical_alert PRIMARY KEY (id), 
	CONSTRAINT fk_technical_alert_decided_by_app_user FOREIGN KEY(decided_by) REFERENCES app_user (id), 
	CONSTRAINT fk_technical_alert_delivery_id_delivery FOREIGN KEY(delivery_id) REFERENCES delivery (id), 
	CONSTRAINT fk_technical_alert_feed_id_feed FOREIGN KEY(feed_id) REFERENCES feed (id), 
	CONSTRAINT fk_technical_alert_owner_id_app_user FOREIGN KEY(owner_id) REFERENCES app_user (id), 
	CONSTRAINT uq_technical_alert_firm_id_live_key UNIQUE (firm_id, live_key)
);
CREATE TABLE user_session (
	token_hash VARCHAR NOT NULL, 
	sid VARCHAR NOT NULL, 
	firm_id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	pending VARCHAR NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_seen_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	idle_minutes INTEGER NOT NULL, 
	second_factor BOOLEAN NOT NULL, 
	revoked_at DATETIME, 
	revoked_for VARCHAR NOT NULL, 
	agent VARCHAR NOT NULL, 
	CONSTRAINT pk_user_session PRIMARY KEY (token_hash), 
	CONSTRAINT fk_user_session_user_id_app_user FOREIGN KEY(user_id) REFERENCES app_user (id), 
	CONSTRAINT uq_user_session_sid UNIQUE (sid)
);
CREATE INDEX ix_audit_event_firm_id ON audit_event (firm_id);
CREATE INDEX ix_audit_event_subject_id ON audit_event (subject_id);
CREATE INDEX ix_contact_adviser_id ON contact (adviser_id);
CREATE INDEX ix_contact_file_code ON contact (file_code);
CREATE INDEX ix_contact_kind ON contact (kind);
CREATE INDEX ix_contact_search_key ON contact (search_key);
CREATE INDEX ix_contact_stage ON contact (stage);
CREATE INDEX ix_contact_group_adviser_id ON contact_group (adviser_id);
CREATE INDEX ix_download_ticket_firm_id ON download_ticket (firm_id);
CREATE INDEX ix_job_firm_id ON job (firm_id);
CREATE INDEX ix_job_state ON job (state);
CREATE INDEX ix_person_key_firm_id ON person_key (firm_id);
CREATE INDEX ix_segment_firm_id ON segment (firm_id);
CREATE UNIQUE INDEX uq_segment_live ON segment (firm_id, dataset, part) WHERE live;
CREATE INDEX ix_sign_in_counter_last_at ON sign_in_counter (last_at);
CREATE INDEX ix_account_adviser_id ON account (adviser_id);
CREATE INDEX ix_account_provider_id ON account (provider_id);
CREATE INDEX ix_account_link_account_id ON account_link (account_id);
CREATE INDEX ix_contact_change_contact_id ON contact_change (contact_id);
CREATE INDEX ix_contact_group_member_contact_id ON contact_group_member (contact_id);
CREATE INDEX ix_contact_group_member_group_id ON contact_group_member (group_id);
CREATE INDEX ix_household_member_contact_id ON household_member (contact_id);
CREATE INDEX ix_household_member_household_id ON household_member (household_id);
CREATE INDEX ix_instrument_isin ON instrument (isin);
CREATE INDEX ix_instrument_search_key ON instrument (search_key);
CREATE INDEX ix_account_holder_account_id ON account_holder (account_id);
CREATE INDEX ix_account_holder_contact_id ON account_holder (contact_id);
CREATE INDEX ix_delivery_feed_id ON delivery (feed_id);
CREATE INDEX ix_delivery_sha256 ON delivery (sha256);
CREATE INDEX ix_delivery_state ON delivery (state);
CREATE INDEX ix_instrument_alias_instrument_id ON instrument_alias (instrument_id);
CREATE INDEX ix_movement_delivery_id ON movement (delivery_id);
CREATE INDEX ix_movement_instrument_id ON movement (instrument_id);
CREATE INDEX ix_pending_price_instrument_id ON pending_price (instrument_id);
CREATE INDEX ix_situation_delivery_id ON situation (delivery_id);
CREATE INDEX ix_anomaly_delivery_id ON anomaly (delivery_id);
CREATE INDEX ix_delivery_step_delivery_id ON delivery_step (delivery_id);
CREATE INDEX ix_raw_row_delivery_id ON raw_row (delivery_id);
CREATE INDEX ix_recovery_code_firm_id ON recovery_code (firm_id);
CREATE INDEX ix_recovery_code_user_id ON recovery_code (user_id);
CREATE INDEX ix_situation_line_account_id ON situation_line (account_id);
CREATE INDEX ix_situation_line_instrument_id ON situation_line (instrument_id);
CREATE INDEX ix_situation_line_situation_id ON situation_line (situation_id);
CREATE INDEX ix_user_session_firm_id ON user_session (firm_id);
CREATE INDEX ix_user_session_user_id ON user_session (user_id);
CREATE INDEX ix_recurrence_firm_id ON recurrence (firm_id);
CREATE INDEX ix_delivery_account_account_id ON delivery_account (account_id);
CREATE INDEX ix_delivery_account_delivery_id ON delivery_account (delivery_id);
CREATE INDEX ix_delivery_account_state ON delivery_account (state);
CREATE INDEX ix_movement_account_id_trade_on ON movement (account_id, trade_on);
CREATE INDEX ix_document_account_id ON document (account_id);
CREATE INDEX ix_document_owner_id ON document (owner_id);
CREATE INDEX ix_document_sha256 ON document (sha256);
CREATE INDEX ix_takeover_state ON takeover (state);
CREATE INDEX ix_contact_relation_from_id ON contact_relation (from_id);
CREATE INDEX ix_contact_relation_to_id ON contact_relation (to_id);
CREATE INDEX ix_takeover_decision_takeover_id ON takeover_decision (takeover_id);
CREATE INDEX ix_takeover_file_takeover_id ON takeover_file (takeover_id);
CREATE INDEX ix_takeover_unit_takeover_id ON takeover_unit (takeover_id);
CREATE INDEX ix_doubtful_price_delivery_id ON doubtful_price (delivery_id);
CREATE INDEX ix_doubtful_price_instrument_id ON doubtful_price (instrument_id);
CREATE INDEX ix_doubtful_price_state ON doubtful_price (state);
CREATE INDEX ix_fund_report_delivery_id ON fund_report (delivery_id);
CREATE INDEX ix_fund_report_instrument_id ON fund_report (instrument_id);
CREATE INDEX ix_position_override_account_id ON position_override (account_id);
CREATE INDEX ix_position_override_instrument_id ON position_override (instrument_id);
CREATE INDEX ix_price_correction_delivery_id ON price_correction (delivery_id);
CREATE INDEX ix_price_correction_instrument_id ON price_correction (instrument_id);
CREATE INDEX ix_takeover_step_unit_id ON takeover_step (unit_id);
CREATE INDEX ix_broker_route_code_key ON broker_route (code_key);
CREATE INDEX ix_broker_route_provider_id ON broker_route (provider_id);
CREATE INDEX ix_fund_fact_instrument_id ON fund_fact (instrument_id);
CREATE INDEX ix_fund_fact_report_id ON fund_fact (report_id);
CREATE INDEX ix_fund_line_report_id ON fund_line (report_id);
CREATE INDEX ix_delivery_event_delivery_id ON delivery_event (delivery_id);
CREATE INDEX ix_delivery_fund_delivery_id ON delivery_fund (delivery_id);
CREATE INDEX ix_delivery_fund_instrument_id ON delivery_fund (instrument_id);
CREATE INDEX ix_delivery_fund_state ON delivery_fund (state);
CREATE INDEX ix_picked_file_sha256 ON picked_file (sha256);
CREATE INDEX ix_picked_file_source_id ON picked_file (source_id);
CREATE INDEX ix_technical_alert_account_id ON technical_alert (account_id);
CREATE INDEX ix_technical_alert_state ON technical_alert (state);
CREATE INDEX ix_delivery_account_adviser_id ON delivery_account (adviser_id);
CREATE INDEX ix_feed_provider_id ON feed (provider_id);
CREATE INDEX ix_movement_takeover_id ON movement (takeover_id);
CREATE INDEX ix_situation_takeover_id ON situation (takeover_id);
CREATE INDEX ix_outgoing_mail_contact_id ON outgoing_mail (contact_id);
CREATE INDEX ix_outgoing_mail_state ON outgoing_mail (state);
CREATE INDEX ix_statement_issue_contact_id ON statement_issue (contact_id);
CREATE INDEX ix_statement_issue_document_id ON statement_issue (document_id);
CREATE INDEX ix_consent_contact_id ON consent (contact_id);
CREATE INDEX ix_mail_attachment_document_id ON mail_attachment (document_id);
CREATE INDEX ix_mail_attachment_mail_id ON mail_attachment (mail_id);
CREATE INDEX ix_product_provider_id ON product (provider_id);
CREATE INDEX ix_absorption_new_id ON absorption (new_id);
CREATE INDEX ix_absorption_old_id ON absorption (old_id);
CREATE INDEX ix_favourite_instrument_id ON favourite (instrument_id);
CREATE INDEX ix_fund_status_instrument_id ON fund_status (instrument_id);
CREATE INDEX ix_instrument_request_state ON instrument_request (state);
CREATE INDEX ix_movement_reason_account_id ON movement_reason (account_id);
CREATE INDEX ix_movement_reason_movement_id ON movement_reason (movement_id);
CREATE INDEX ix_range_item_instrument_id ON range_item (instrument_id);
CREATE INDEX ix_range_item_product_id ON range_item (product_id);
CREATE INDEX ix_range_item_range_id ON range_item (range_id);
CREATE INDEX ix_support_description_instrument_id ON support_description (instrument_id);
CREATE INDEX ix_support_link_instrument_id ON support_link (instrument_id);
CREATE INDEX ix_support_note_instrument_id ON support_note (instrument_id);
CREATE INDEX ix_model_following_account_id ON model_following (account_id);
CREATE INDEX ix_model_following_model_id ON model_following (model_id);
CREATE INDEX ix_model_version_model_id ON model_version (model_id);
CREATE INDEX ix_model_line_instrument_id ON model_line (instrument_id);
CREATE INDEX ix_model_line_version_id ON model_line (version_id);
CREATE INDEX ix_switch_proposal_account_id ON switch_proposal (account_id);
CREATE INDEX ix_switch_proposal_model_id ON switch_proposal (model_id);
CREATE INDEX ix_switch_proposal_state ON switch_proposal (state);
CREATE INDEX ix_statement_number_delivery_id ON statement_number (delivery_id);
CREATE INDEX ix_statement_number_external_id ON statement_number (external_id);
CREATE INDEX ix_switch_line_instrument_id ON switch_line (instrument_id);
CREATE INDEX ix_switch_line_proposal_id ON switch_line (proposal_id);
CREATE INDEX ix_account_break_account_id ON account_break (account_id);
CREATE INDEX ix_account_break_instrument_id ON account_break (instrument_id);
CREATE INDEX ix_account_break_delivery_id ON account_break (delivery_id);
CREATE INDEX ix_account_break_owner_id ON account_break (owner_id);
CREATE INDEX ix_account_break_state ON account_break (state);
CREATE INDEX ix_account_break_feed_id ON account_break (feed_id);
CREATE TRIGGER audit_event_no_update before update on audit_event
begin select raise(abort, 'audit trail: update refused'); end;
CREATE TRIGGER audit_event_no_delete before delete on audit_event
begin select raise(abort, 'audit trail: delete refused'); end;
COMMIT;
