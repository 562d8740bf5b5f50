// Package cef reads ArcSight's Common Event Format.
package cef
