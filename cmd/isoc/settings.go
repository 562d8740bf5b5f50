package main

import "github.com/isoc-project/isoc/internal/config"

// chineseSettings words every mistake in the settings in Chinese; the verbs are those of [config.Texts].
func chineseSettings() map[config.Code]string {
	return map[config.Code]string{
		"directory":       "配置项 %s：应为目录",
		"address":         "配置项 %s：应为 主机:端口",
		"roles":           "配置项 %s：目前只能为 all，尚不支持把角色拆分到多个进程",
		"choice":          "配置项 %s：应为下列值之一：%s",
		"needed":          "配置项 %s：设置了 %s 时必须给出",
		"minimum":         "配置项 %s：不应小于 %v",
		"negative":        "配置项 %s：不能为负数",
		"range":           "配置项 %s：应在 %v 到 %v 之间",
		"password_file":   "配置项 %s：%v",
		"pattern":         "配置项 %s：应为绝对路径或路径通配",
		"source":          "配置项 %s：应为 租户/来源",
		"network":         "配置项 %s：应为网段或地址",
		"variable":        "环境变量 %s：没有这个配置项",
		"variable.value":  "环境变量 %s：值 %q 无效",
		"argument":        "多余的参数 %q",
		"file.unreadable": "无法读取配置文件 %s：%v",
		"file.large":      "配置文件 %s：超过 %d 字节",
		"file.unknown":    "配置文件 %s 第 %d 行第 %d 列：没有配置项 %s",
		"file.integer":    "配置文件 %s 第 %d 行第 %d 列：应为整数",
		"file.boolean":    "配置文件 %s 第 %d 行第 %d 列：应为 true 或 false",
		"file.text":       "配置文件 %s 第 %d 行第 %d 列：应为文本",
		"file.section":    "配置文件 %s 第 %d 行第 %d 列：应为一组配置项",
		"file.overflow":   "配置文件 %s 第 %d 行第 %d 列：数值过大",
		"file.duration":   "配置文件 %s 第 %d 行第 %d 列：应为时长，如 2s",
		"file.syntax":     "配置文件 %s 第 %d 行第 %d 列：YAML 语法有误：%s",
		"file.value":      "配置文件 %s：值有误：%s",
	}
}
