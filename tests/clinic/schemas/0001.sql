BEGIN TRANSACTION;
CREATE TABLE addenda (
	id INTEGER NOT NULL, 
	treatment_id INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	supersedes INTEGER, 
	CONSTRAINT pk_addenda PRIMARY KEY (id), 
	CONSTRAINT fk_addenda_supersedes FOREIGN KEY(supersedes) REFERENCES addenda (id), 
	CONSTRAINT fk_addenda_treatment_id FOREIGN KEY(treatment_id) REFERENCES treatments (id), 
	CONSTRAINT uq_addenda_supersedes UNIQUE (supersedes)
);
CREATE TABLE appointments (
	id INTEGER NOT NULL, 
	subject_id TEXT NOT NULL, 
	day DATE NOT NULL, 
	time TEXT NOT NULL, 
	indication TEXT NOT NULL, 
	state TEXT NOT NULL, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	supersedes INTEGER, 
	CONSTRAINT pk_appointments PRIMARY KEY (id), 
	CONSTRAINT ck_appointments_state CHECK (state IN ('booked', 'arrived', 'done', 'cancelled')), 
	CONSTRAINT fk_appointments_subject_id FOREIGN KEY(subject_id) REFERENCES subjects (id), 
	CONSTRAINT fk_appointments_supersedes FOREIGN KEY(supersedes) REFERENCES appointments (id), 
	CONSTRAINT uq_appointments_supersedes UNIQUE (supersedes)
);
CREATE TABLE assessments (
	id INTEGER NOT NULL, 
	subject_id TEXT NOT NULL, 
	indication TEXT NOT NULL, 
	endpoint TEXT NOT NULL, 
	value FLOAT NOT NULL, 
	observed_on DATE NOT NULL, 
	rater TEXT NOT NULL, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	supersedes INTEGER, 
	CONSTRAINT pk_assessments PRIMARY KEY (id), 
	CONSTRAINT fk_assessments_subject_id FOREIGN KEY(subject_id) REFERENCES subjects (id), 
	CONSTRAINT fk_assessments_supersedes FOREIGN KEY(supersedes) REFERENCES assessments (id), 
	CONSTRAINT uq_assessments_supersedes UNIQUE (supersedes)
);
CREATE TABLE audit (
	seq INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	action TEXT NOT NULL, 
	entity TEXT NOT NULL, 
	entity_id TEXT NOT NULL, 
	subject_id TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	previous_hash TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (seq)
);
INSERT INTO "audit" VALUES(1,'2026-11-28T13:34:26.282Z','console:test','add','users','1','','{"row_sha256":"836dab64f058fbdf1014630b58b9363813aa817b4d48ad5472bd751a1b353fa8"}','0000000000000000000000000000000000000000000000000000000000000000','e538d13ad01731df632b456ac48ec3910604b6eeccad5ba9beebbf480b303149');
INSERT INTO "audit" VALUES(2,'2026-11-28T13:34:26.287Z','console:test','add','users','2','','{"row_sha256":"3e3ed74bb5b8f847203175511058dc4bcfd063e5fe3f1a2f4debd2e8453307d0"}','e538d13ad01731df632b456ac48ec3910604b6eeccad5ba9beebbf480b303149','9ee408eeb2f01b4acaba803f584b7351e8277dcadb1f3a9cd3c13307fae6a838');
INSERT INTO "audit" VALUES(3,'2026-11-28T13:34:26.290Z','console:test','add','users','3','','{"row_sha256":"5d792c1ea706c86615479ba5c981f702f2d153b235d060fa9a7a1394ca5b4723"}','9ee408eeb2f01b4acaba803f584b7351e8277dcadb1f3a9cd3c13307fae6a838','09c2521243d9ff9a851766d8818cfc4b5abc6e8708d5d058c9aeca2769742efa');
INSERT INTO "audit" VALUES(4,'2026-11-28T13:34:26.295Z','console:test','add','users','4','','{"row_sha256":"5bbe55c6e191c8f68ab733d8a49f407bea841a3c4cd7605a85fca32016d100ad"}','09c2521243d9ff9a851766d8818cfc4b5abc6e8708d5d058c9aeca2769742efa','2ebe79bcceb1de99475515ef2a10bf7fe2dafbf9d007bba80abe3fcdd7536352');
INSERT INTO "audit" VALUES(5,'2026-11-28T13:34:26.301Z','console:test','add','users','5','','{"row_sha256":"7f9cf1f9abba9b5f98eb2c479d7bad2e69499009881eecdd814fe203c73c2c6e"}','2ebe79bcceb1de99475515ef2a10bf7fe2dafbf9d007bba80abe3fcdd7536352','3a01e0220f48742a388e15847dac22d16e961a89bcdf0eddbacb36de902d3904');
INSERT INTO "audit" VALUES(6,'2026-11-28T13:34:26.305Z','console:test','add','users','6','','{"row_sha256":"0ff7773a564209e60e8e4dae44af94d255f0c02a89dc2f6194cb4c19fc866a41"}','3a01e0220f48742a388e15847dac22d16e961a89bcdf0eddbacb36de902d3904','f0bed872162180163bdc64827a39e5c93df198279619245dc44a711976a88101');
INSERT INTO "audit" VALUES(7,'2026-11-28T13:34:26.343Z','console:test','add','credentials','1','','{"row_sha256":"27dde26a94d5caacc09525441b0cd4c654af343c6cd9d4deaf4bc2c8928b775e"}','f0bed872162180163bdc64827a39e5c93df198279619245dc44a711976a88101','0950b8b15a0ae060c8eacb9c97b066b548b202b750fbc450820ed06c155fc33f');
INSERT INTO "audit" VALUES(8,'2026-11-28T13:34:26.349Z','console:test','add','credentials','2','','{"row_sha256":"7000f65a8e166f29386180d2d7cc925385c9b256ffe6a783a27b1417b8c185af"}','0950b8b15a0ae060c8eacb9c97b066b548b202b750fbc450820ed06c155fc33f','1242f5223f85274790f6ccf6175020de553a6a5498a0b9d290c086a808fc3c1b');
INSERT INTO "audit" VALUES(9,'2026-11-28T13:34:26.353Z','console:test','add','credentials','3','','{"row_sha256":"5148791afdf40f62c8162249d3c9cf6c2d26005d0b8f2e7ef7046a5fcb4dab24"}','1242f5223f85274790f6ccf6175020de553a6a5498a0b9d290c086a808fc3c1b','98ebd9a9e1cc59aa2e5c9f9bed9df482547b590ad348f05743f10627e2df5838');
INSERT INTO "audit" VALUES(10,'2026-11-28T13:34:26.358Z','console:test','add','subjects','75a65376d19358b7466614ed2a15e95d','75a65376d19358b7466614ed2a15e95d','{"row_sha256":"2780267d19841619a02a6389ffc5f700eaabbc72960ff6ef04f34a05c9515784"}','98ebd9a9e1cc59aa2e5c9f9bed9df482547b590ad348f05743f10627e2df5838','a6c751576b3397451948401dc29ea17b79bd8eab982e609675ea695fb85d21ed');
INSERT INTO "audit" VALUES(11,'2026-11-28T13:34:26.361Z','console:test','add','patients','1','75a65376d19358b7466614ed2a15e95d','{"row_sha256":"4e33e1f25db2528af2e0c836a0a033f6adaf7a6458d8ca8a7fcc0f51f92f05a9"}','a6c751576b3397451948401dc29ea17b79bd8eab982e609675ea695fb85d21ed','fc0931c92a98cf437c2be1f3bfa2d3de61a76b8df5450a135d6c6024faf00ec1');
INSERT INTO "audit" VALUES(12,'2026-11-28T13:34:26.368Z','console:test','add','clearances','1','75a65376d19358b7466614ed2a15e95d','{"row_sha256":"fbbe14a70121603d89efcb6e2a39b2bc68f688c0bcf7e37a8b1319765a950ebf"}','fc0931c92a98cf437c2be1f3bfa2d3de61a76b8df5450a135d6c6024faf00ec1','bb4eadc73bb4a7121ee08e807513b04a8068e29538b55448c08367a40f4dcb40');
INSERT INTO "audit" VALUES(13,'2026-11-28T13:34:26.372Z','console:test','add','consents','1','75a65376d19358b7466614ed2a15e95d','{"row_sha256":"1d0cd99f86e668496ad84fd63b72dcb7d56781c8c05615e8e2c92e745ca5dbd5"}','bb4eadc73bb4a7121ee08e807513b04a8068e29538b55448c08367a40f4dcb40','bbe1471773c4129a15e61a8249264d9690667af4740604f9bec7d91ac5e41093');
INSERT INTO "audit" VALUES(14,'2026-11-28T13:34:26.376Z','console:test','add','vials','1','','{"row_sha256":"4b5f09ec31d202921b95524e158677cb7571f9aaaa86306fe1e16d52e6fb0122"}','bbe1471773c4129a15e61a8249264d9690667af4740604f9bec7d91ac5e41093','4f14fa368cffa5908fe91c037db073e3f9c2199723cff67fe36bc342adb4791c');
INSERT INTO "audit" VALUES(15,'2026-11-28T13:34:26.379Z','console:test','add','vial_movements','1','','{"row_sha256":"9b916bb21f6b7e6d0df94b2a530e237f9f11d4f19d9b28d118a36592e8a787ce"}','4f14fa368cffa5908fe91c037db073e3f9c2199723cff67fe36bc342adb4791c','6ce4817bbd1d1c1c9a0df8c5d785892251e96df9f17ef0e0eecc1ca434135067');
INSERT INTO "audit" VALUES(16,'2026-11-28T13:34:26.380Z','console:test','add','vials','2','','{"row_sha256":"79fec3eb64fd9c0cda682e095e4c266abfb6894cfffec8906a3835de4b125278"}','6ce4817bbd1d1c1c9a0df8c5d785892251e96df9f17ef0e0eecc1ca434135067','45afd85c9e028a725bb468e8629b82530873ca1fa2053775fc09b174e1c3825d');
INSERT INTO "audit" VALUES(17,'2026-11-28T13:34:26.382Z','console:test','add','vial_movements','2','','{"row_sha256":"dee474d0b7a7fb0a3b1f03e640c0fe7dfba37011c85a3ab122bb0ba44ae4eaab"}','45afd85c9e028a725bb468e8629b82530873ca1fa2053775fc09b174e1c3825d','f0e1ed5a231496137f5f547f3a75cbe67201393f778695ec919e333475a2ecd5');
INSERT INTO "audit" VALUES(18,'2026-11-28T13:34:26.383Z','console:test','add','vials','3','','{"row_sha256":"15636a475c648b13cd85f4ce5fec61aaf218f343e259ad28021d58ad7fbfcfc3"}','f0e1ed5a231496137f5f547f3a75cbe67201393f778695ec919e333475a2ecd5','8a2fe396ac7ab7bd223f5678e1a234bcad574603f26d8388f091f3df3c9afcba');
INSERT INTO "audit" VALUES(19,'2026-11-28T13:34:26.384Z','console:test','add','vial_movements','3','','{"row_sha256":"52cd111b9be36cea098475b2267b8337de435db63897d03e518c0877d624d081"}','8a2fe396ac7ab7bd223f5678e1a234bcad574603f26d8388f091f3df3c9afcba','455437b39fef66e0231850fe19e77d567a6d8f474abb5cac76f513f4c7c63ebd');
INSERT INTO "audit" VALUES(20,'2026-11-28T13:34:26.388Z','console:test','change','vials','1','','{"diluent_ul":2500,"opened_at":"2026-11-28T13:34:26.385Z","state":"open","use_until":"2026-11-29T13:34:26.385Z"}','455437b39fef66e0231850fe19e77d567a6d8f474abb5cac76f513f4c7c63ebd','cdab3dddba73e5b05f6ec22af34114d41f4019b8ed879036c7c77c03c33a384a');
INSERT INTO "audit" VALUES(21,'2026-11-28T13:34:26.430Z','console:test','add','plans','1','75a65376d19358b7466614ed2a15e95d','{"row_sha256":"f9e0b20969974a284b0c5b5045bf779c465c40b4bd2455e5e52c3f553d3750f4"}','cdab3dddba73e5b05f6ec22af34114d41f4019b8ed879036c7c77c03c33a384a','3dc996b2d921e45452292e46915be4517d63fec0e1f08b6b5d410591ced26a00');
INSERT INTO "audit" VALUES(22,'2026-11-28T13:34:26.455Z','ines','add','treatments','1','75a65376d19358b7466614ed2a15e95d','{"row_sha256":"1051cab806a127d079bd5b9f8728527c3776d3280119c21d34345caaa60a2ae5"}','3dc996b2d921e45452292e46915be4517d63fec0e1f08b6b5d410591ced26a00','9cf1a1c8b5c903c5a420bd78171fbc6536e180b5d0e3fcc1694fbb6bdef0d7f2');
INSERT INTO "audit" VALUES(23,'2026-11-28T13:34:26.461Z','ines','add','treatment_clearances','1','75a65376d19358b7466614ed2a15e95d','{"row_sha256":"a4ea1e8cf32ba7d6038ca85d0687191d38b917b2fc9c85d9c887d280fea15484"}','9cf1a1c8b5c903c5a420bd78171fbc6536e180b5d0e3fcc1694fbb6bdef0d7f2','ecd2a73fec979d6f58a45ec8c26f1842b3b6f7443c11ebab37ab9628000debae');
INSERT INTO "audit" VALUES(24,'2026-11-28T13:34:26.559Z','ines','add','treatment_sites','1','75a65376d19358b7466614ed2a15e95d','{"row_sha256":"dfa28d59bc5aff7f5a61cafc46c45b6f142ae7e5161ce2fb6184d765ea143166"}','ecd2a73fec979d6f58a45ec8c26f1842b3b6f7443c11ebab37ab9628000debae','40ce8a2d3f3299785dffbfbe39c0e24020df922b4a29c8b9fd58195a94996f76');
INSERT INTO "audit" VALUES(25,'2026-11-28T13:34:26.568Z','ines','add','vial_movements','4','','{"row_sha256":"a43cf70b354bc06a29df21e2b5e6c8639d002f0ec42306b905c1c7011222c48e"}','40ce8a2d3f3299785dffbfbe39c0e24020df922b4a29c8b9fd58195a94996f76','ccd5279840fe9789be3c8252060d475d7d270419040791f5f6e82958749d532c');
INSERT INTO "audit" VALUES(26,'2026-11-28T13:34:26.573Z','ines','change','vials','1','','{"left_milliunits":96000,"state":"open"}','ccd5279840fe9789be3c8252060d475d7d270419040791f5f6e82958749d532c','a1d7a115d1ed2d741b163fa6b54d98837c9889b0e0928904c73d4933c97fd690');
INSERT INTO "audit" VALUES(27,'2026-11-28T13:34:26.607Z','ines','add','treatment_sites','2','75a65376d19358b7466614ed2a15e95d','{"row_sha256":"1094d64d0deda67ae902725ac5ba63ff6d40e0f7370d224bd4eee0c36998cca3"}','a1d7a115d1ed2d741b163fa6b54d98837c9889b0e0928904c73d4933c97fd690','bee51cdc0eed707140b053cbb3791fd05bdbd03b27ad99e72429e1bbe9600e83');
INSERT INTO "audit" VALUES(28,'2026-11-28T13:34:26.611Z','ines','add','vial_movements','5','','{"row_sha256":"abb6f0c91452255b4b77752c02c822b3401addcea63359d1e4b6c1f1983f95bb"}','bee51cdc0eed707140b053cbb3791fd05bdbd03b27ad99e72429e1bbe9600e83','5f92e0b79301c48dfca9d68b54f94b6eec7a0088703cb2d0be458fdb07885fb9');
INSERT INTO "audit" VALUES(29,'2026-11-28T13:34:26.614Z','ines','change','vials','1','','{"left_milliunits":92000,"state":"open"}','5f92e0b79301c48dfca9d68b54f94b6eec7a0088703cb2d0be458fdb07885fb9','6180e79ee3af0b2741bc1ba97ae5e7e5e9be796409445f6c0d35db8caea38404');
INSERT INTO "audit" VALUES(30,'2026-11-28T13:34:26.657Z','ines','add','signatures','1','75a65376d19358b7466614ed2a15e95d','{"row_sha256":"098d5c23b31103f0b5a6f67bcdd9cd752ce68f356224db60f42110419af8bfdc"}','6180e79ee3af0b2741bc1ba97ae5e7e5e9be796409445f6c0d35db8caea38404','362e4055e9e4130759db6b59f59d9e9b1d63b0bf952ba77d4debe3928907634f');
CREATE TABLE clearances (
	id INTEGER NOT NULL, 
	subject_id TEXT NOT NULL, 
	indication TEXT NOT NULL, 
	examined_by TEXT NOT NULL, 
	examiner_role TEXT NOT NULL, 
	mode TEXT NOT NULL, 
	history TEXT NOT NULL, 
	examination TEXT NOT NULL, 
	contraindications TEXT NOT NULL, 
	allowed TEXT NOT NULL, 
	examined_on DATE NOT NULL, 
	expires_on DATE NOT NULL, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	supersedes INTEGER, 
	CONSTRAINT pk_clearances PRIMARY KEY (id), 
	CONSTRAINT ck_clearances_mode CHECK (mode IN ('in_person', 'video')), 
	CONSTRAINT fk_clearances_subject_id FOREIGN KEY(subject_id) REFERENCES subjects (id), 
	CONSTRAINT fk_clearances_supersedes FOREIGN KEY(supersedes) REFERENCES clearances (id), 
	CONSTRAINT uq_clearances_supersedes UNIQUE (supersedes)
);
INSERT INTO "clearances" VALUES(1,'75a65376d19358b7466614ed2a15e95d','glabellar_lines','ines','injector','in_person','no neuromuscular disease','lines at frown 3','none','glabellar lines, 20 U','2026-11-28','2027-05-27','2026-11-28T13:34:26.365Z','console:test',NULL);
CREATE TABLE consents (
	id INTEGER NOT NULL, 
	subject_id TEXT NOT NULL, 
	indication TEXT NOT NULL, 
	text_version TEXT NOT NULL, 
	text_sha256 TEXT NOT NULL, 
	given_on DATE NOT NULL, 
	withdrawn_on DATE, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	supersedes INTEGER, 
	CONSTRAINT pk_consents PRIMARY KEY (id), 
	CONSTRAINT fk_consents_subject_id FOREIGN KEY(subject_id) REFERENCES subjects (id), 
	CONSTRAINT fk_consents_supersedes FOREIGN KEY(supersedes) REFERENCES consents (id), 
	CONSTRAINT uq_consents_supersedes UNIQUE (supersedes)
);
INSERT INTO "consents" VALUES(1,'75a65376d19358b7466614ed2a15e95d','glabellar_lines','2026-01','826ff0dab649a97ffdd7779a332accafb35cc161012253a19383db19289d6e02','2026-11-28',NULL,'2026-11-28T13:34:26.370Z','console:test',NULL);
CREATE TABLE credentials (
	id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	indication TEXT NOT NULL, 
	number TEXT NOT NULL, 
	issuer TEXT NOT NULL, 
	expires_on DATE NOT NULL, 
	supervised BOOLEAN NOT NULL, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	supersedes INTEGER, 
	CONSTRAINT pk_credentials PRIMARY KEY (id), 
	CONSTRAINT fk_credentials_supersedes FOREIGN KEY(supersedes) REFERENCES credentials (id), 
	CONSTRAINT fk_credentials_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT uq_credentials_supersedes UNIQUE (supersedes)
);
INSERT INTO "credentials" VALUES(1,2,'glabellar_lines','ines-1','Board','2027-11-28',0,'2026-11-28T13:34:26.341Z','console:test',NULL);
INSERT INTO "credentials" VALUES(2,3,'glabellar_lines','tom-1','Board','2027-11-28',1,'2026-11-28T13:34:26.348Z','console:test',NULL);
INSERT INTO "credentials" VALUES(3,4,'glabellar_lines','sara-1','Board','2027-11-28',0,'2026-11-28T13:34:26.352Z','console:test',NULL);
CREATE TABLE follow_ups (
	id INTEGER NOT NULL, 
	subject_id TEXT NOT NULL, 
	treatment_id INTEGER, 
	kind TEXT NOT NULL, 
	endpoint TEXT NOT NULL, 
	value FLOAT NOT NULL, 
	observed_on DATE NOT NULL, 
	note TEXT, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	supersedes INTEGER, 
	CONSTRAINT pk_follow_ups PRIMARY KEY (id), 
	CONSTRAINT ck_follow_ups_kind CHECK (kind IN ('scale', 'onset', 'wearing_off', 'goal')), 
	CONSTRAINT fk_follow_ups_subject_id FOREIGN KEY(subject_id) REFERENCES subjects (id), 
	CONSTRAINT fk_follow_ups_supersedes FOREIGN KEY(supersedes) REFERENCES follow_ups (id), 
	CONSTRAINT fk_follow_ups_treatment_id FOREIGN KEY(treatment_id) REFERENCES treatments (id), 
	CONSTRAINT uq_follow_ups_supersedes UNIQUE (supersedes)
);
CREATE TABLE overrides (
	id INTEGER NOT NULL, 
	treatment_id INTEGER NOT NULL, 
	rule TEXT NOT NULL, 
	about TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	supersedes INTEGER, 
	CONSTRAINT pk_overrides PRIMARY KEY (id), 
	CONSTRAINT fk_overrides_supersedes FOREIGN KEY(supersedes) REFERENCES overrides (id), 
	CONSTRAINT fk_overrides_treatment_id FOREIGN KEY(treatment_id) REFERENCES treatments (id), 
	CONSTRAINT uq_overrides_supersedes UNIQUE (supersedes)
);
CREATE TABLE patients (
	id INTEGER NOT NULL, 
	subject_id TEXT NOT NULL, 
	family_name TEXT NOT NULL, 
	given_name TEXT NOT NULL, 
	birth_date DATE NOT NULL, 
	record_number TEXT NOT NULL, 
	sex TEXT, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	supersedes INTEGER, 
	CONSTRAINT pk_patients PRIMARY KEY (id), 
	CONSTRAINT fk_patients_subject_id FOREIGN KEY(subject_id) REFERENCES subjects (id), 
	CONSTRAINT fk_patients_supersedes FOREIGN KEY(supersedes) REFERENCES patients (id), 
	CONSTRAINT uq_patients_supersedes UNIQUE (supersedes)
);
INSERT INTO "patients" VALUES(1,'75a65376d19358b7466614ed2a15e95d','Rivera','Ana','1980-05-17','R-1001','female','2026-11-28T13:34:26.359Z','console:test',NULL);
CREATE TABLE photos (
	id INTEGER NOT NULL, 
	subject_id TEXT NOT NULL, 
	treatment_id INTEGER, 
	taken_on DATE NOT NULL, 
	media_type TEXT NOT NULL, 
	content_sha256 TEXT NOT NULL, 
	content BLOB NOT NULL, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	supersedes INTEGER, 
	CONSTRAINT pk_photos PRIMARY KEY (id), 
	CONSTRAINT fk_photos_subject_id FOREIGN KEY(subject_id) REFERENCES subjects (id), 
	CONSTRAINT fk_photos_supersedes FOREIGN KEY(supersedes) REFERENCES photos (id), 
	CONSTRAINT fk_photos_treatment_id FOREIGN KEY(treatment_id) REFERENCES treatments (id), 
	CONSTRAINT uq_photos_supersedes UNIQUE (supersedes)
);
CREATE TABLE plans (
	id INTEGER NOT NULL, 
	subject_id TEXT NOT NULL, 
	plan_toml TEXT NOT NULL, 
	level TEXT NOT NULL, 
	findings TEXT NOT NULL, 
	software_version TEXT NOT NULL, 
	facts_hash TEXT NOT NULL, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	supersedes INTEGER, 
	CONSTRAINT pk_plans PRIMARY KEY (id), 
	CONSTRAINT fk_plans_subject_id FOREIGN KEY(subject_id) REFERENCES subjects (id), 
	CONSTRAINT fk_plans_supersedes FOREIGN KEY(supersedes) REFERENCES plans (id), 
	CONSTRAINT uq_plans_supersedes UNIQUE (supersedes)
);
INSERT INTO "plans" VALUES(1,'75a65376d19358b7466614ed2a15e95d','[patient]
age_y = 46
sex = "female"
weight_kg = 64
conditions = []
medications = []
allergies = []
baseline = { glabellar_lines = 3 }
previous = []

[treatment]
date = 2026-11-28
product = "onabotulinumtoxinA"
indication = "glabellar_lines"
vial_u = 100
diluent_ml = 2.5
protocol = "label"
','clear','{"level": "clear", "open_stops": 0, "findings": [], "understood": []}','0.1.0','aacaab1db0714d58','2026-11-28T13:34:26.426Z','console:test',NULL);
CREATE TABLE schema_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT schema_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "schema_version" VALUES('0001');
CREATE TABLE side_effects (
	id INTEGER NOT NULL, 
	subject_id TEXT NOT NULL, 
	treatment_id INTEGER, 
	term TEXT NOT NULL, 
	started_on DATE NOT NULL, 
	ended_on DATE, 
	serious BOOLEAN NOT NULL, 
	outcome TEXT NOT NULL, 
	note TEXT, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	supersedes INTEGER, 
	CONSTRAINT pk_side_effects PRIMARY KEY (id), 
	CONSTRAINT ck_side_effects_outcome CHECK (outcome IN ('recovered', 'recovering', 'not_recovered', 'unknown')), 
	CONSTRAINT fk_side_effects_subject_id FOREIGN KEY(subject_id) REFERENCES subjects (id), 
	CONSTRAINT fk_side_effects_supersedes FOREIGN KEY(supersedes) REFERENCES side_effects (id), 
	CONSTRAINT fk_side_effects_treatment_id FOREIGN KEY(treatment_id) REFERENCES treatments (id), 
	CONSTRAINT uq_side_effects_supersedes UNIQUE (supersedes)
);
CREATE TABLE signatures (
	id INTEGER NOT NULL, 
	treatment_id INTEGER NOT NULL, 
	capacity TEXT NOT NULL, 
	signed_by TEXT NOT NULL, 
	chart_sha256 TEXT NOT NULL, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	supersedes INTEGER, 
	CONSTRAINT pk_signatures PRIMARY KEY (id), 
	CONSTRAINT ck_signatures_capacity CHECK (capacity IN ('injector', 'supervisor')), 
	CONSTRAINT fk_signatures_supersedes FOREIGN KEY(supersedes) REFERENCES signatures (id), 
	CONSTRAINT fk_signatures_treatment_id FOREIGN KEY(treatment_id) REFERENCES treatments (id), 
	CONSTRAINT uq_signatures_supersedes UNIQUE (supersedes)
);
INSERT INTO "signatures" VALUES(1,1,'injector','ines','9d688a7dfeeb5ff57ba6bd58e4ca81d947a434bb576c3a006575540de337178d','2026-11-28T13:34:26.654Z','ines',NULL);
CREATE TABLE subjects (
	id TEXT NOT NULL, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	CONSTRAINT pk_subjects PRIMARY KEY (id)
);
INSERT INTO "subjects" VALUES('75a65376d19358b7466614ed2a15e95d','2026-11-28T13:34:26.356Z','console:test');
CREATE TABLE treatment_clearances (
	id INTEGER NOT NULL, 
	treatment_id INTEGER NOT NULL, 
	indication TEXT NOT NULL, 
	clearance_id INTEGER NOT NULL, 
	consent_id INTEGER NOT NULL, 
	credential_id INTEGER NOT NULL, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	supersedes INTEGER, 
	CONSTRAINT pk_treatment_clearances PRIMARY KEY (id), 
	CONSTRAINT fk_treatment_clearances_clearance_id FOREIGN KEY(clearance_id) REFERENCES clearances (id), 
	CONSTRAINT fk_treatment_clearances_consent_id FOREIGN KEY(consent_id) REFERENCES consents (id), 
	CONSTRAINT fk_treatment_clearances_credential_id FOREIGN KEY(credential_id) REFERENCES credentials (id), 
	CONSTRAINT fk_treatment_clearances_supersedes FOREIGN KEY(supersedes) REFERENCES treatment_clearances (id), 
	CONSTRAINT fk_treatment_clearances_treatment_id FOREIGN KEY(treatment_id) REFERENCES treatments (id), 
	CONSTRAINT uq_treatment_clearances_supersedes UNIQUE (supersedes)
);
INSERT INTO "treatment_clearances" VALUES(1,1,'glabellar_lines',1,1,1,'2026-11-28T13:34:26.458Z','ines',NULL);
CREATE TABLE treatment_sites (
	id INTEGER NOT NULL, 
	treatment_id INTEGER NOT NULL, 
	planned_site INTEGER, 
	vial_id INTEGER NOT NULL, 
	indication TEXT NOT NULL, 
	muscle TEXT NOT NULL, 
	side TEXT NOT NULL, 
	dose_milliunits INTEGER NOT NULL, 
	volume_ul INTEGER NOT NULL, 
	depth_mm FLOAT, 
	guidance TEXT, 
	note TEXT, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	supersedes INTEGER, 
	CONSTRAINT pk_treatment_sites PRIMARY KEY (id), 
	CONSTRAINT ck_treatment_sites_dose CHECK (dose_milliunits >= 0), 
	CONSTRAINT fk_treatment_sites_supersedes FOREIGN KEY(supersedes) REFERENCES treatment_sites (id), 
	CONSTRAINT fk_treatment_sites_treatment_id FOREIGN KEY(treatment_id) REFERENCES treatments (id), 
	CONSTRAINT fk_treatment_sites_vial_id FOREIGN KEY(vial_id) REFERENCES vials (id), 
	CONSTRAINT uq_treatment_sites_supersedes UNIQUE (supersedes)
);
INSERT INTO "treatment_sites" VALUES(1,1,0,1,'glabellar_lines','procerus','midline',4000,100,NULL,NULL,NULL,'2026-11-28T13:34:26.551Z','ines',NULL);
INSERT INTO "treatment_sites" VALUES(2,1,1,1,'glabellar_lines','procerus','midline',4000,100,NULL,NULL,NULL,'2026-11-28T13:34:26.606Z','ines',NULL);
CREATE TABLE treatments (
	id INTEGER NOT NULL, 
	subject_id TEXT NOT NULL, 
	plan_id INTEGER NOT NULL, 
	indications TEXT NOT NULL, 
	product TEXT NOT NULL, 
	region TEXT NOT NULL, 
	injector TEXT NOT NULL, 
	supervised BOOLEAN NOT NULL, 
	treated_on DATE NOT NULL, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	supersedes INTEGER, 
	CONSTRAINT pk_treatments PRIMARY KEY (id), 
	CONSTRAINT fk_treatments_plan_id FOREIGN KEY(plan_id) REFERENCES plans (id), 
	CONSTRAINT fk_treatments_subject_id FOREIGN KEY(subject_id) REFERENCES subjects (id), 
	CONSTRAINT fk_treatments_supersedes FOREIGN KEY(supersedes) REFERENCES treatments (id), 
	CONSTRAINT uq_treatments_supersedes UNIQUE (supersedes)
);
INSERT INTO "treatments" VALUES(1,'75a65376d19358b7466614ed2a15e95d',1,'glabellar_lines','onabotulinumtoxinA','US','ines',0,'2026-11-28','2026-11-28T13:34:26.452Z','ines',NULL);
CREATE TABLE users (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	full_name TEXT NOT NULL, 
	roles TEXT NOT NULL, 
	password_hash TEXT, 
	disabled_at TEXT, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	CONSTRAINT pk_users PRIMARY KEY (id), 
	CONSTRAINT uq_users_name UNIQUE (name)
);
INSERT INTO "users" VALUES(1,'ada','Ada','administrator',NULL,NULL,'2026-11-28T13:34:26.280Z','console:test');
INSERT INTO "users" VALUES(2,'ines','Ines','injector',NULL,NULL,'2026-11-28T13:34:26.286Z','console:test');
INSERT INTO "users" VALUES(3,'tom','Tom','injector',NULL,NULL,'2026-11-28T13:34:26.289Z','console:test');
INSERT INTO "users" VALUES(4,'sara','Sara','injector,supervisor',NULL,NULL,'2026-11-28T13:34:26.294Z','console:test');
INSERT INTO "users" VALUES(5,'anna','Anna','assistant',NULL,NULL,'2026-11-28T13:34:26.297Z','console:test');
INSERT INTO "users" VALUES(6,'otto','Otto','auditor',NULL,NULL,'2026-11-28T13:34:26.304Z','console:test');
CREATE TABLE vial_movements (
	id INTEGER NOT NULL, 
	vial_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	milliunits INTEGER NOT NULL, 
	site_id INTEGER, 
	reason TEXT, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	supersedes INTEGER, 
	CONSTRAINT pk_vial_movements PRIMARY KEY (id), 
	CONSTRAINT ck_vial_movements_kind CHECK (kind IN ('received', 'given', 'taken_back', 'discarded')), 
	CONSTRAINT fk_vial_movements_site_id FOREIGN KEY(site_id) REFERENCES treatment_sites (id), 
	CONSTRAINT fk_vial_movements_supersedes FOREIGN KEY(supersedes) REFERENCES vial_movements (id), 
	CONSTRAINT fk_vial_movements_vial_id FOREIGN KEY(vial_id) REFERENCES vials (id), 
	CONSTRAINT uq_vial_movements_supersedes UNIQUE (supersedes)
);
INSERT INTO "vial_movements" VALUES(1,1,'received',100000,NULL,NULL,'2026-11-28T13:34:26.377Z','console:test',NULL);
INSERT INTO "vial_movements" VALUES(2,2,'received',100000,NULL,NULL,'2026-11-28T13:34:26.381Z','console:test',NULL);
INSERT INTO "vial_movements" VALUES(3,3,'received',100000,NULL,NULL,'2026-11-28T13:34:26.384Z','console:test',NULL);
INSERT INTO "vial_movements" VALUES(4,1,'given',-4000,1,NULL,'2026-11-28T13:34:26.561Z','ines',NULL);
INSERT INTO "vial_movements" VALUES(5,1,'given',-4000,2,NULL,'2026-11-28T13:34:26.609Z','ines',NULL);
CREATE TABLE vials (
	id INTEGER NOT NULL, 
	product TEXT NOT NULL, 
	form TEXT NOT NULL, 
	lot TEXT NOT NULL, 
	expires_on DATE NOT NULL, 
	content_milliunits INTEGER NOT NULL, 
	left_milliunits INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	opened_at TEXT, 
	use_until TEXT, 
	diluent_ul INTEGER, 
	recorded_at TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	CONSTRAINT pk_vials PRIMARY KEY (id), 
	CONSTRAINT ck_vials_state CHECK (state IN ('unopened', 'open', 'empty', 'discarded')), 
	CONSTRAINT ck_vials_never_overfull CHECK (left_milliunits <= content_milliunits), 
	CONSTRAINT ck_vials_never_overdrawn CHECK (left_milliunits >= 0)
);
INSERT INTO "vials" VALUES(1,'onabotulinumtoxinA','powder','C1234C3','2027-06-16',100000,92000,'open','2026-11-28T13:34:26.385Z','2026-11-29T13:34:26.385Z',2500,'2026-11-28T13:34:26.374Z','console:test');
INSERT INTO "vials" VALUES(2,'onabotulinumtoxinA','powder','C1234C3','2027-06-16',100000,100000,'unopened',NULL,NULL,NULL,'2026-11-28T13:34:26.380Z','console:test');
INSERT INTO "vials" VALUES(3,'onabotulinumtoxinA','powder','C1234C3','2027-06-16',100000,100000,'unopened',NULL,NULL,NULL,'2026-11-28T13:34:26.383Z','console:test');
CREATE INDEX ix_audit_subject_id ON audit (subject_id);
CREATE INDEX ix_vials_lot ON vials (lot);
CREATE INDEX ix_appointments_day ON appointments (day);
CREATE INDEX ix_appointments_subject_id ON appointments (subject_id);
CREATE INDEX ix_assessments_subject_id ON assessments (subject_id);
CREATE INDEX ix_clearances_subject_id ON clearances (subject_id);
CREATE INDEX ix_consents_subject_id ON consents (subject_id);
CREATE INDEX ix_credentials_user_id ON credentials (user_id);
CREATE INDEX ix_patients_record_number ON patients (record_number);
CREATE INDEX ix_patients_subject_id ON patients (subject_id);
CREATE INDEX ix_plans_subject_id ON plans (subject_id);
CREATE INDEX ix_treatments_subject_id ON treatments (subject_id);
CREATE INDEX ix_treatments_treated_on ON treatments (treated_on);
CREATE INDEX ix_addenda_treatment_id ON addenda (treatment_id);
CREATE INDEX ix_follow_ups_subject_id ON follow_ups (subject_id);
CREATE INDEX ix_follow_ups_treatment_id ON follow_ups (treatment_id);
CREATE INDEX ix_overrides_treatment_id ON overrides (treatment_id);
CREATE INDEX ix_photos_subject_id ON photos (subject_id);
CREATE INDEX ix_photos_treatment_id ON photos (treatment_id);
CREATE INDEX ix_side_effects_subject_id ON side_effects (subject_id);
CREATE INDEX ix_side_effects_treatment_id ON side_effects (treatment_id);
CREATE INDEX ix_signatures_treatment_id ON signatures (treatment_id);
CREATE INDEX ix_treatment_clearances_treatment_id ON treatment_clearances (treatment_id);
CREATE INDEX ix_treatment_sites_treatment_id ON treatment_sites (treatment_id);
CREATE INDEX ix_treatment_sites_vial_id ON treatment_sites (vial_id);
CREATE INDEX ix_vial_movements_vial_id ON vial_movements (vial_id);
CREATE TRIGGER subjects_update BEFORE UPDATE ON subjects  BEGIN SELECT RAISE(ABORT, 'subjects is added to, never changed'); END;
CREATE TRIGGER subjects_delete BEFORE DELETE ON subjects  BEGIN SELECT RAISE(ABORT, 'subjects is added to, never changed'); END;
CREATE TRIGGER credentials_update BEFORE UPDATE ON credentials  BEGIN SELECT RAISE(ABORT, 'credentials is added to, never changed'); END;
CREATE TRIGGER credentials_delete BEFORE DELETE ON credentials  BEGIN SELECT RAISE(ABORT, 'credentials is added to, never changed'); END;
CREATE TRIGGER patients_update BEFORE UPDATE ON patients  BEGIN SELECT RAISE(ABORT, 'patients is added to, never changed'); END;
CREATE TRIGGER patients_delete BEFORE DELETE ON patients  BEGIN SELECT RAISE(ABORT, 'patients is added to, never changed'); END;
CREATE TRIGGER clearances_update BEFORE UPDATE ON clearances  BEGIN SELECT RAISE(ABORT, 'clearances is added to, never changed'); END;
CREATE TRIGGER clearances_delete BEFORE DELETE ON clearances  BEGIN SELECT RAISE(ABORT, 'clearances is added to, never changed'); END;
CREATE TRIGGER consents_update BEFORE UPDATE ON consents  BEGIN SELECT RAISE(ABORT, 'consents is added to, never changed'); END;
CREATE TRIGGER consents_delete BEFORE DELETE ON consents  BEGIN SELECT RAISE(ABORT, 'consents is added to, never changed'); END;
CREATE TRIGGER assessments_update BEFORE UPDATE ON assessments  BEGIN SELECT RAISE(ABORT, 'assessments is added to, never changed'); END;
CREATE TRIGGER assessments_delete BEFORE DELETE ON assessments  BEGIN SELECT RAISE(ABORT, 'assessments is added to, never changed'); END;
CREATE TRIGGER plans_update BEFORE UPDATE ON plans  BEGIN SELECT RAISE(ABORT, 'plans is added to, never changed'); END;
CREATE TRIGGER plans_delete BEFORE DELETE ON plans  BEGIN SELECT RAISE(ABORT, 'plans is added to, never changed'); END;
CREATE TRIGGER treatments_update BEFORE UPDATE ON treatments  BEGIN SELECT RAISE(ABORT, 'treatments is added to, never changed'); END;
CREATE TRIGGER treatments_delete BEFORE DELETE ON treatments  BEGIN SELECT RAISE(ABORT, 'treatments is added to, never changed'); END;
CREATE TRIGGER treatment_clearances_update BEFORE UPDATE ON treatment_clearances  BEGIN SELECT RAISE(ABORT, 'treatment_clearances is added to, never changed'); END;
CREATE TRIGGER treatment_clearances_delete BEFORE DELETE ON treatment_clearances  BEGIN SELECT RAISE(ABORT, 'treatment_clearances is added to, never changed'); END;
CREATE TRIGGER treatment_sites_update BEFORE UPDATE ON treatment_sites  BEGIN SELECT RAISE(ABORT, 'treatment_sites is added to, never changed'); END;
CREATE TRIGGER treatment_sites_delete BEFORE DELETE ON treatment_sites  BEGIN SELECT RAISE(ABORT, 'treatment_sites is added to, never changed'); END;
CREATE TRIGGER vial_movements_update BEFORE UPDATE ON vial_movements  BEGIN SELECT RAISE(ABORT, 'vial_movements is added to, never changed'); END;
CREATE TRIGGER vial_movements_delete BEFORE DELETE ON vial_movements  BEGIN SELECT RAISE(ABORT, 'vial_movements is added to, never changed'); END;
CREATE TRIGGER overrides_update BEFORE UPDATE ON overrides  BEGIN SELECT RAISE(ABORT, 'overrides is added to, never changed'); END;
CREATE TRIGGER overrides_delete BEFORE DELETE ON overrides  BEGIN SELECT RAISE(ABORT, 'overrides is added to, never changed'); END;
CREATE TRIGGER signatures_update BEFORE UPDATE ON signatures  BEGIN SELECT RAISE(ABORT, 'signatures is added to, never changed'); END;
CREATE TRIGGER signatures_delete BEFORE DELETE ON signatures  BEGIN SELECT RAISE(ABORT, 'signatures is added to, never changed'); END;
CREATE TRIGGER addenda_update BEFORE UPDATE ON addenda  BEGIN SELECT RAISE(ABORT, 'addenda is added to, never changed'); END;
CREATE TRIGGER addenda_delete BEFORE DELETE ON addenda  BEGIN SELECT RAISE(ABORT, 'addenda is added to, never changed'); END;
CREATE TRIGGER follow_ups_update BEFORE UPDATE ON follow_ups  BEGIN SELECT RAISE(ABORT, 'follow_ups is added to, never changed'); END;
CREATE TRIGGER follow_ups_delete BEFORE DELETE ON follow_ups  BEGIN SELECT RAISE(ABORT, 'follow_ups is added to, never changed'); END;
CREATE TRIGGER side_effects_update BEFORE UPDATE ON side_effects  BEGIN SELECT RAISE(ABORT, 'side_effects is added to, never changed'); END;
CREATE TRIGGER side_effects_delete BEFORE DELETE ON side_effects  BEGIN SELECT RAISE(ABORT, 'side_effects is added to, never changed'); END;
CREATE TRIGGER photos_update BEFORE UPDATE ON photos  BEGIN SELECT RAISE(ABORT, 'photos is added to, never changed'); END;
CREATE TRIGGER photos_delete BEFORE DELETE ON photos  BEGIN SELECT RAISE(ABORT, 'photos is added to, never changed'); END;
CREATE TRIGGER appointments_update BEFORE UPDATE ON appointments  BEGIN SELECT RAISE(ABORT, 'appointments is added to, never changed'); END;
CREATE TRIGGER appointments_delete BEFORE DELETE ON appointments  BEGIN SELECT RAISE(ABORT, 'appointments is added to, never changed'); END;
CREATE TRIGGER audit_update BEFORE UPDATE ON audit  BEGIN SELECT RAISE(ABORT, 'audit is added to, never changed'); END;
CREATE TRIGGER audit_delete BEFORE DELETE ON audit  BEGIN SELECT RAISE(ABORT, 'audit is added to, never changed'); END;
CREATE TRIGGER users_delete BEFORE DELETE ON users  BEGIN SELECT RAISE(ABORT, 'users is added to, never changed'); END;
CREATE TRIGGER users_update BEFORE UPDATE OF id, name, recorded_at, recorded_by ON users  BEGIN SELECT RAISE(ABORT, 'users is added to, never changed'); END;
CREATE TRIGGER vials_delete BEFORE DELETE ON vials  BEGIN SELECT RAISE(ABORT, 'vials is added to, never changed'); END;
CREATE TRIGGER vials_update BEFORE UPDATE OF id, product, form, lot, expires_on, content_milliunits, recorded_at, recorded_by ON vials  BEGIN SELECT RAISE(ABORT, 'vials is added to, never changed'); END;
CREATE TRIGGER treatment_sites_insert BEFORE INSERT ON treatment_sites WHEN EXISTS (SELECT 1 FROM signatures WHERE treatment_id = NEW.treatment_id) BEGIN SELECT RAISE(ABORT, 'the chart is signed; add an addendum'); END;
CREATE TRIGGER treatment_clearances_insert BEFORE INSERT ON treatment_clearances WHEN EXISTS (SELECT 1 FROM signatures WHERE treatment_id = NEW.treatment_id) BEGIN SELECT RAISE(ABORT, 'the chart is signed; add an addendum'); END;
CREATE TRIGGER overrides_insert BEFORE INSERT ON overrides WHEN EXISTS (SELECT 1 FROM signatures WHERE treatment_id = NEW.treatment_id) BEGIN SELECT RAISE(ABORT, 'the chart is signed; add an addendum'); END;
COMMIT;
