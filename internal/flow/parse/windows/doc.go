// Package windows reads Windows event records in the shapes their shippers give them and maps them to ECS.
package windows
