// Package alert turns findings into alerts that a person judges.
package alert
