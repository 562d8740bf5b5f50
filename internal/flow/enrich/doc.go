// Package enrich adds to a parsed event what follows from its own fields: related entities, classes of addresses, where public addresses
// are registered, the direction as the customer's networks see it, and the community id of a flow.
package enrich
