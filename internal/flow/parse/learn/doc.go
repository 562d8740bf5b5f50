// Package learn proposes how the records of one source are to be read, from a few hundred of its lines, and compiles what was
// proposed and corrected to a parser pack of the source's own. It keeps templates of messages with counts, too. See DESIGN.md.
package learn
