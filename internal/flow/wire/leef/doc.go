// Package leef reads IBM QRadar's Log Event Extended Format, versions 1.0 and 2.0.
package leef
