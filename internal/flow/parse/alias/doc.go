// Package alias is the dictionary of the names that devices give to what ECS calls source.ip, user.name and so on.
package alias
