// Package draft holds one event while parsers fill it: bounded in fields, names and values, and closed to spoofing.
package draft
