// Package packfile reads and writes content packs: ZIP archives of rules, signed or not. It trusts nothing an archive says of
// itself; docs/how-to/packs.md has the format.
package packfile
