// Package enrich adds to a parsed event what follows from its own fields: related entities, directions, address classes.
package enrich
