// Package event holds the flat ECS event that every stage reads and writes.
package event
