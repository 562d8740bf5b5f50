// Package query is the one query language of the product: LogsQL over flat ECS names, checked before the engine sees it.
package query
