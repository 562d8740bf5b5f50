package input

import (
	"encoding/json"
	"net/http"
	"strings"
)

// elasticVersion is what clients are told; Beats, Logstash, Vector and Fluent Bit of 7, 8 and 9 accept it.
const elasticVersion = "8.17.0"

// isProbe reports whether a request for "/" comes from a program, which is told the version as Elasticsearch would, and
// not from a browser, which asks for HTML.
func isProbe(r *http.Request) bool {
	if r.URL.Path != "/" || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
		return false
	}
	return !strings.Contains(r.Header.Get("Accept"), "text/html")
}

// elasticInfo answers the version probe. A credential is not needed, but a wrong one is refused: that is where
// an operator of Filebeat looks first.
func (h *HTTP) elasticInfo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Elastic-Product", "Elasticsearch")
	if r.Header.Get("Authorization") != "" {
		if _, err := h.authenticate(r); err != nil {
			h.failElastic(w, r, err)
			return
		}
	}
	answerElastic(w, r, map[string]any{
		"name": h.o.ClusterName, "cluster_name": h.o.ClusterName, "cluster_uuid": "aXNvYy1pc29jLWlzb2Mt",
		"version": map[string]any{
			"number": elasticVersion, "build_flavor": "default", "build_type": "docker", "build_hash": "0000000000000000000000000000000000000000",
			"build_date": "2024-12-01T00:00:00.000000000Z", "build_snapshot": false, "lucene_version": "9.12.0",
			"minimum_wire_compatibility_version": "7.17.0", "minimum_index_compatibility_version": "7.0.0",
		},
		"tagline": "You Know, for Search",
	})
}

// elasticSetup reports whether a path belongs to the calls senders make before they send: they ask for licence and health, and
// load templates, policies and pipelines. There is nothing to load here: records are parsed on arrival.
func elasticSetup(path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch first {
	case "_license", "_xpack", "_cluster", "_nodes", "_template", "_index_template", "_component_template", "_ilm",
		"_ingest", "_data_stream", "_alias", "_aliases", "_cat":
		return true
	}
	return false
}

// elastic answers set-up calls: what is asked for exists, what is put is acknowledged, and nothing is kept.
func (h *HTTP) elastic(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Elastic-Product", "Elasticsearch")
	if _, err := h.authenticate(r); err != nil {
		h.failElastic(w, r, err)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		answerElastic(w, r, map[string]any{"acknowledged": true})
		return
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	answerElastic(w, r, h.elasticAnswer(parts))
}

func (h *HTTP) elasticAnswer(parts []string) any {
	name := parts[len(parts)-1]
	switch parts[0] {
	case "_license":
		return map[string]any{"license": map[string]any{"status": "active", "uid": "00000000-0000-0000-0000-000000000000", "type": "basic",
			"issue_date": "2024-01-01T00:00:00.000Z", "issue_date_in_millis": 1704067200000, "max_nodes": 1000, "issued_to": h.o.ClusterName, "issuer": "isoc", "start_date_in_millis": -1}}
	case "_xpack":
		off := map[string]any{"available": false, "enabled": false}
		return map[string]any{"build": map[string]any{}, "license": map[string]any{"status": "active", "type": "basic", "mode": "basic"},
			"features": map[string]any{"ilm": off, "monitoring": off, "security": map[string]any{"available": true, "enabled": true}}}
	case "_cluster":
		return map[string]any{"cluster_name": h.o.ClusterName, "status": h.color(), "timed_out": false, "number_of_nodes": 1, "number_of_data_nodes": 1,
			"active_primary_shards": 1, "active_shards": 1, "relocating_shards": 0, "initializing_shards": 0, "unassigned_shards": 0}
	case "_nodes":
		return map[string]any{"_nodes": map[string]any{"total": 0, "successful": 0, "failed": 0}, "cluster_name": h.o.ClusterName, "nodes": map[string]any{}}
	case "_index_template":
		return map[string]any{"index_templates": []any{map[string]any{"name": name, "index_template": map[string]any{"index_patterns": []string{}, "composed_of": []string{}}}}}
	case "_component_template":
		return map[string]any{"component_templates": []any{map[string]any{"name": name, "component_template": map[string]any{"template": map[string]any{}}}}}
	case "_data_stream":
		return map[string]any{"data_streams": []any{map[string]any{"name": name}}}
	case "_cat":
		return []any{}
	}
	return map[string]any{name: map[string]any{}}
}

// color is the cluster's health in Elasticsearch's terms.
func (h *HTTP) color() string {
	if h.o.Ready() != nil {
		return "red"
	}
	return "green"
}

func answerElastic(w http.ResponseWriter, r *http.Request, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_ = json.NewEncoder(w).Encode(v) // the sender is gone: nobody to tell
	}
}
