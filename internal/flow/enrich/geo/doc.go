// Package geo tells the country and the autonomous system of a public address, from databases in the MaxMind format: a country
// database that ships inside the binary, or files of the operator's. See DESIGN.md.
package geo
