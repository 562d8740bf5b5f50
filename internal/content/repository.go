package content

import (
	"context"
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
)

// Checker is the engine's judgement on one rule before it stands. Check parses and compiles the document and returns the
// id under which the engine will report it (rules without an id get one), or an error whose text tells the operator why the
// engine refuses it. It must be safe to call from one goroutine at a time and keep nothing of the document.
type Checker interface {
	Check(file string, document []byte) (id string, err error)
}

// Auditor records a change in a chain, joining the transaction of ctx.
type Auditor interface {
	Record(ctx context.Context, chain tenant.ID, action, object string, before, after any, reason string) error
}

// Door opens a writing transaction on the tables that belong to no customer, or joins the open one; fn's error rolls it back.
type Door interface {
	Platform(ctx context.Context, fn func(ctx context.Context) error) error
}

// PackRepository keeps packs. Missing ids are fault.ErrNotFound.
type PackRepository interface {
	// AddPack stores a version with its rules and refusals.
	AddPack(ctx context.Context, p Pack, rules []StoredRule, refusals []Refusal) error
	// Packs returns every version of every pack, by name, newest version first.
	Packs(ctx context.Context) ([]Pack, error)
	// Refusals returns what a pack's import refused.
	Refusals(ctx context.Context, pack string) ([]Refusal, error)
}

// PackSwitch changes which packs are there and active.
type PackSwitch interface {
	// ActivatePack makes the version active and every other version of its name inactive.
	ActivatePack(ctx context.Context, id string, at time.Time) error
	// RemovePack deletes a version with its rules.
	RemovePack(ctx context.Context, id string) error
}

// RuleRepository reads rules. Of rules with one id in several active packs only the one that counts is seen: what was written here,
// then an imported one before a built-in one, then the pack imported last. The state it returns is [Enabled] where the text is in force, else [Off].
type RuleRepository interface {
	// Listed returns the rules of a pack, or without one each id once: the rule that counts, else the one imported last. In no order.
	Listed(ctx context.Context, pack string) ([]Rule, error)
	// Rule returns the text that counts for an id: of the active packs, else the one imported last.
	Rule(ctx context.Context, id string) (r Rule, source string, err error)
	// PackRules returns the rules of a version with their texts, in no order.
	PackRules(ctx context.Context, pack string) ([]StoredRule, error)
	// ActiveSources calls fn for every rule that counts, ordered by pack and file. fn may keep the source.
	ActiveSources(ctx context.Context, fn func(Source) error) error
}

// StateRepository keeps what was decided about rules.
type StateRepository interface {
	// Edition is what SetEdition was last given, or empty.
	Edition(ctx context.Context) (string, error)
	SetEdition(ctx context.Context, edition string) error
	States(ctx context.Context) (map[string]Standing, error)
	PutState(ctx context.Context, rule string, st Standing) error
	// Overrides returns those of every customer, by customer and rule. The scope of ctx must be all.
	Overrides(ctx context.Context) ([]Override, error)
	// PutOverride keeps it; with [Inherit] it removes it.
	PutOverride(ctx context.Context, o Override) error
}

// VersionRepository keeps texts that were written here.
type VersionRepository interface {
	// Heads returns the version in force of each rule whose text in force was written here.
	Heads(ctx context.Context) (map[string]Head, error)
	// Versions returns them newest first, without texts.
	Versions(ctx context.Context, rule string) ([]Version, error)
	Version(ctx context.Context, rule string, number int64) (Version, error)
	// AddVersion keeps the version and makes the rule the one in force under its id.
	AddVersion(ctx context.Context, v Version, r StoredRule) error
	// DropLocal lets the pack's text count again; versions stay.
	DropLocal(ctx context.Context, rule string) error
	// DropRule removes a rule written here with everything kept of it.
	DropRule(ctx context.Context, rule string) error
	// FormerTexts returns the latest 200 texts that a rule had here, newest first, then the latest 200 of packs' versions, active or not, newest first.
	FormerTexts(ctx context.Context, rule string) ([]FormerText, error)
	// PackText returns what an active pack brings for the rule.
	PackText(ctx context.Context, rule string) (PackText, error)
}

// SampleRepository keeps samples written here, a list for each rule.
type SampleRepository interface {
	Samples(ctx context.Context, rule string) ([]Sample, error)
	// Sampled tells which rules have samples, written here or of an active pack.
	Sampled(ctx context.Context) (map[string]bool, error)
	PutSamples(ctx context.Context, rule string, samples []Sample, by string, at time.Time) error
}

// Repository is everything content keeps; the store implements it.
type Repository interface {
	PackRepository
	PackSwitch
	RuleRepository
	StateRepository
	VersionRepository
	SampleRepository
	KeyRepository
	FeedRepository
	DeviceRepository
}

// DeviceRepository knows the rules of customers' devices, of which verdicts came. The state it returns is [Enabled].
type DeviceRepository interface {
	// DeviceRules returns those of the customers, or without any of all that the scope of ctx allows: each id once, in no order.
	DeviceRules(ctx context.Context, of []tenant.ID) ([]Rule, error)
	// DeviceRule returns one that a customer within the scope of ctx has, else fault.ErrNotFound.
	DeviceRule(ctx context.Context, id string) (Rule, error)
}

// KeyRepository keeps the keys that packs may be signed with. Missing ids are fault.ErrNotFound.
type KeyRepository interface {
	// AddKey stores a key; one that is there already is a fault.Taken of the field public_key.
	AddKey(ctx context.Context, k Key) error
	// Keys returns all of them by name.
	Keys(ctx context.Context) ([]Key, error)
	// RevokeKey marks a key.
	RevokeKey(ctx context.Context, id, by string, at time.Time) error
}

// StoredRule is a rule with its text.
type StoredRule struct {
	Rule
	Source  string
	Samples string // the file of samples beside it, or empty
}
