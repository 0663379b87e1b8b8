CREATE TABLE "samples" (
	"incarnation" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"data" jsonb NOT NULL,
	CONSTRAINT "samples_incarnation_at_pk" PRIMARY KEY("incarnation","at")
);
--> statement-breakpoint
CREATE INDEX "samples_at" ON "samples" USING btree ("at");--> statement-breakpoint
CREATE INDEX "recordings_failed" ON "recordings" USING btree ("last_seen_at") WHERE status = 'failed';