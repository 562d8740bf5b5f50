package api

import "github.com/alexedwards/scs/v2"

// Deps are the services behind the operations. All are needed to serve; none to render the document.
type Deps struct {
	Sessions scs.Store // of browsers
	Accounts Accounts
	Users    Users
	Tokens   Tokens
	Tenants  Tenants
	Sources  Sources
	Inbox    Inbox
	Trail    Trail
	Chains   Chains
	Archive  Archive
	Tails    Tails
	Alerts   Alerts
	Titles   Titles
	Names    SourceNames
	Live     Live
	Rules    Rules
	InForce  InForce
	Attack   AttackRules
	Packs    Packs
	Health   HealthReporter
	Views    Views
	Setup    SetupKeeper
	Demo     Demonstration

	Overviews Overviews
	Coverage  Coverage
	Enricher  Enricher

	Exceptions  Exceptions
	Impacts     Impacts
	RuleStates  RuleStateKeeper
	RuleTexts   RuleTexts
	RuleSamples RuleSamples
	DryRuns     DryRuns
	Backfills   Backfills
	Shadows     Shadows
	Engine      Engine
	Learning    Learning
}
