package store_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/isoc-project/isoc/internal/store"
	"github.com/isoc-project/isoc/internal/store/pgtest"
	"github.com/isoc-project/isoc/internal/tenant"
)

// bench is an open store and the way past it: a DSN with which a test tampers as an intruder on the database would.
type bench struct {
	*store.Store
	options  store.Options
	driver   string
	intruder string
}

// TestConformance runs the whole suite over each engine.
func TestConformance(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		suite(t, func(t *testing.T) bench {
			dir := t.TempDir()
			o := store.Options{Dir: dir, Logger: slog.New(slog.DiscardHandler)}
			return bench{openStore(t, o), o, "sqlite", "file:" + filepath.Join(dir, "isoc.db") + "?_pragma=busy_timeout(10000)"}
		})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		server := pgtest.Start(t)
		t.Run("suite", func(t *testing.T) { // the server outlives its parallel subtests
			suite(t, func(t *testing.T) bench {
				dsn, admin := server.Database(t)
				o := store.Options{DSN: dsn, Logger: slog.New(slog.DiscardHandler)}
				return bench{openStore(t, o), o, "pgx", admin}
			})
		})
	})
}

func suite(t *testing.T, open func(t *testing.T) bench) {
	t.Helper()
	for _, c := range []struct {
		name string
		test func(t *testing.T, b bench)
	}{
		{"reopening keeps everything", reopeningKeepsEverything},
		{"a newer schema is refused", newerSchemaIsRefused},
		{"settings are kept and replaced", settingsAreKept},
		{"text that an engine cannot keep is the caller's fault", textThatCannotBeKept},
		{"content packs are kept, switched and removed", contentPacksAreKept},
		{"packs are signed, staged, rolled back and fetched", signedPacksAreKept},
		{"firings in the shadow are counted once", shadowsAreCounted},
		{"tenures of rules are kept", tenuresAreKept},
		{"rules of devices are kept by customer", deviceRulesAreKept},
		{"what was missed is raised once", backfillsAreKept},
		{"states, texts and samples of rules are kept", statesOfRulesAreKept},
		{"a door refuses tenants outside the scope", doorRefusesOutsiders},
		{"doors join and keep tenants apart", doorsJoin},
		{"a failed transaction leaves nothing", failureRollsBack},
		{"tenants are kept, found and changed", tenantsAreKept},
		{"log-ins are noted, and users counted by customer", loginsAreNoted},
		{"the engine tells its version and size", engineTells},
		{"of two writers on one version the second loses", staleWriterLoses},
		{"customers see themselves only", tenantsSeeThemselvesOnly},
		{"a deleted tenant leaves only its chain", deletedTenantLeavesOnlyItsChain},
		{"a change that cannot be audited is undone", failedAuditUndoesTheChange},
		{"the first admin is made once", firstAdminIsMadeOnce},
		{"the made-up first password is known until it is replaced", firstPasswordIsKnownUntilReplaced},
		{"the first admin's given password is used", givenFirstPasswordIsUsed},
		{"log-ins are proven and audited", logInsAreProvenAndAudited},
		{"repeated failures have to wait", repeatedFailuresHaveToWait},
		{"users are kept and changed", usersAreKeptAndChanged},
		{"the last admin stays", lastAdminStays},
		{"admins who demote each other leave one", adminsWhoDemoteEachOtherLeaveOne},
		{"tokens stand for their user", tokensStandForTheirUser},
		{"tokens and sessions end", tokensEnd},
		{"customers' users change their own account", customerChangesOwnAccount},
		{"sessions are kept until they expire", sessionsAreKeptUntilTheyExpire},
		{"audit entries tell who and what", entriesTellWhoAndWhat},
		{"audit lists page newest first and filter", listPagesNewestFirst},
		{"audit chains are closed to others", chainsAreClosedToOthers},
		{"parallel appends keep the chain", parallelAppendsKeepTheChain},
		{"tampering is found and named", tamperingIsFound},
		{"a forged last entry is found", forgedEntryIsFound},
		{"an empty database does not verify", emptyDatabaseDoesNotVerify},
		{"repeated reads are one entry", repeatedReadsAreOneEntry},
		{"alerts filter by what they are about", alertsFilterByWhatTheyAreAbout},
		{"alerts sort by risk, jump and keep a snapshot", alertsSortAndJump},
		{"alerts from before are filled in", alertsFromBeforeAreFilledIn},
		{"rules from before are filled in", rulesFromBeforeAreFilledIn},
		{"searches are paged", searchesArePaged},
		{"risk follows the company", riskFollowsCompany},
		{"risk of one batch is that of many", riskOfOneBatchIsThatOfMany},
		{"groups of alerts count their rows", groupsCountTheirRows},
		{"records of rules count their rows", recordsCountTheirRows},
		{"figures about alerts count their rows", figuresCountTheirRows},
		{"many alerts change at once", manyAlertsChangeAtOnce},
		{"firings while many alerts close are not lost", firingsWhileManyCloseAreNotLost},
		{"alerts are given and released", alertsAreGivenAndReleased},
		{"what is known of an alert", whatIsKnownOfAnAlert},
		{"firings are grouped into alerts", alertsAreGrouped},
		{"a replayed sequence counts once", replayedSequenceCountsOnce},
		{"a batch applied by two at once counts once", batchAppliedByTwoCountsOnce},
		{"firings meanwhile never refuse a move", firingsMeanwhileNeverRefuseAMove},
		{"evidence keeps the first firing and the latest", evidenceKeepsFirstAndLatest},
		{"alerts move with verdict and conflict", alertsMoveWithVerdictAndConflict},
		{"alerts of others are not found", alertsOfOthersAreNotFound},
		{"alerts page and filter", alertsPageAndFilter},
		{"overviews count what changed and what is open", overviewCounts},
		{"overview marks move forward", overviewMarksMoveForward},
		{"overviews of others are closed", overviewsOfOthersAreClosed},
		{"sources are kept, changed and deleted", sourcesAreKept},
		{"sources clash by name, port and version", sourcesClash},
		{"counters of sources are kept", sourceActivityIsKept},
		{"views are kept, changed and chosen", viewsAreKept},
		{"views stay with their side", viewsStayWithTheirSide},
		{"views are bounded", viewsAreBounded},
		{"firings that alerts keep are told", firingsAreTold},
		{"exceptions are kept, found and closed to others", exceptionsAreKept},
		{"what was learned of sources is kept and closed to others", learnedIsKept},
		{"series of sources are kept, pruned and closed to others", sourceSeriesAreKept},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, open(t))
		})
	}
}

func openStore(t *testing.T, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	return s
}

// everyone is the context of background work: the provider's scope and nobody as actor.
func everyone(t testing.TB) context.Context {
	t.Helper()
	return tenant.WithScope(t.Context(), tenant.All())
}
