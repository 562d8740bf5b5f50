// Package ecs turns vendors' values into values of ECS fields.
package ecs
