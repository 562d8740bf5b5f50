package main

// message is one text in both languages.
type message struct{ en, zh string }

// messages lists every text of the command line that is not a cause passed on from below.
func messages() map[string]message {
	return map[string]message{
		"usage": {
			en: `iSOC: managed security operations in one binary.

usage: isoc COMMAND [flags]

  serve            run the product: UI, API, log ingest, detection
  parse            read {"id","raw"} lines, write ECS events
  pcap             read a capture of packets, write ECS events
  detect           check events in a file or pipe against Sigma rules
  content import   import a signed pack, a folder or a ZIP of Sigma rules
  content verify   check the signature of a pack
  content keygen   make a pair of keys for signing packs
  content pack     sign a folder of rules as a pack
  audit verify     prove that the audit chains are whole
  version          print version and commit

isoc COMMAND --help lists the flags. ISOC_LANG=zh-CN or en chooses the language.
`,
			zh: `iSOC：单一可执行文件的安全托管运营平台。

用法：isoc 命令 [参数]

  serve            运行平台：界面、API、日志接入、检测
  parse            读入 {"id","raw"} 行，输出 ECS 事件
  pcap             读入抓包文件，输出 ECS 事件
  detect           用 Sigma 规则检测文件或管道中的事件
  content import   导入签名规则包、Sigma 规则目录或 ZIP 包
  content verify   校验规则包签名
  content keygen   生成规则包签名密钥对
  content pack     将规则目录签名打包
  audit verify     校验审计链是否完整
  version          显示版本与提交号

isoc 命令 --help 列出参数。ISOC_LANG=zh-CN 或 en 选择语言。
`},
		"unknown command": {en: "isoc: unknown command %q", zh: "isoc：没有 %q 这个命令"},
		"arguments":       {en: "wants %d arguments, got %d", zh: "需要 %d 个参数，收到 %d 个"},
		"in use": {
			en: "data directory %s is in use by another isoc process (pid %s); stop it first or choose another --data",
			zh: "数据目录 %s 正被另一个 isoc 进程（pid %s）使用；请先停止它，或用 --data 指定其他目录"},

		"database":          {en: "database %s cannot be reached: %s", zh: "无法连接数据库 %s：%s"},
		"dsn":               {en: "the database DSN must begin with postgres://", zh: "数据库 DSN 应以 postgres:// 开头"},
		"no database":       {en: "no database in data directory %s", zh: "数据目录 %s 中没有数据库"},
		"address":           {en: "an address to listen on is wrong: %v", zh: "监听地址有误：%v"},
		"address in use":    {en: "address %s is in use by another program; stop that or listen elsewhere", zh: "地址 %s 已被其他程序占用；请停止该程序，或改用其他地址"},
		"address elsewhere": {en: "address %s is none of this machine's", zh: "地址 %s 不属于本机"},
		"address denied":    {en: "no permission to listen on %s; ports below 1024 need a privilege", zh: "没有权限监听 %s；1024 以下的端口需要特权"},
		"listen":            {en: "cannot listen on %s: %s", zh: "无法监听 %s：%s"},
		"path":              {en: "%s: %s", zh: "%s：%s"},
		"invalid":           {en: "invalid %s: %s", zh: "%s 无效：%s"},

		"cause.missing":      {en: "no such file or directory", zh: "文件或目录不存在"},
		"cause.denied":       {en: "permission denied", zh: "没有权限"},
		"cause.directory":    {en: "is a directory", zh: "这是目录，不是文件"},
		"cause.no directory": {en: "not a directory", zh: "不是目录"},
		"cause.full":         {en: "no space left", zh: "磁盘空间不足"},
		"cause.read-only":    {en: "read-only file system", zh: "文件系统只读"},
		"cause.refused":      {en: "connection refused", zh: "连接被拒绝"},
		"cause.unreachable":  {en: "host unreachable", zh: "主机不可达"},
		"cause.timeout":      {en: "timed out", zh: "连接超时"},
		"cause.name":         {en: "no such host", zh: "主机名无法解析"},
		"cause.login":        {en: "wrong user or password", zh: "用户名或密码错误"},
		"cause.no database":  {en: "no such database", zh: "没有这个数据库"},

		"flag unknown":  {en: "no such flag: --%s", zh: "没有 --%s 这个选项"},
		"flag bare":     {en: "flag --%s needs a value", zh: "选项 --%s 缺少值"},
		"flag value":    {en: "%s is no valid value for flag --%s", zh: "值 %s 对选项 --%s 无效"},
		"flag syntax":   {en: "flag %s is malformed", zh: "选项 %s 写法有误"},
		"flag default":  {en: " (default %s)", zh: "（默认 %s）"},
		"kind.string":   {en: "TEXT", zh: "文本"},
		"kind.value":    {en: "VALUE", zh: "值"},
		"kind.int":      {en: "NUMBER", zh: "整数"},
		"kind.duration": {en: "DURATION", zh: "时长"},

		"usage.serve":  {en: "usage: isoc serve [--data DIR] [--http ADDR] [--syslog ADDR] [--config FILE] …", zh: "用法：isoc serve [--data 目录] [--http 地址] [--syslog 地址] [--config 文件] …"},
		"usage.parse":  {en: "usage: isoc parse [--explain] [--auto] < lines", zh: "用法：isoc parse [--explain] [--auto] < 日志行"},
		"usage.pcap":   {en: "usage: isoc pcap [--hosts NETWORKS] [--stats] FILE|-", zh: "用法：isoc pcap [--hosts 网段] [--stats] 文件|-"},
		"usage.detect": {en: "usage: isoc detect --rules DIR [--rules DIR…] [--events FILE|-] [--all-rules] [--stats] [--explain]", zh: "用法：isoc detect --rules 目录 [--rules 目录…] [--events 文件|-] [--all-rules] [--stats] [--explain]"},
		"usage.audit":  {en: "usage: isoc audit verify [--data DIR] [--database-dsn DSN] [--tenant SLUG]", zh: "用法：isoc audit verify [--data 目录] [--database-dsn DSN] [--tenant 租户标识]"},
		"usage.content": {
			en: `usage: isoc content import [--data DIR] [--database-dsn DSN] [--name NAME] [--unsigned] [--stage] [--force] DIR|ZIP
       isoc content verify ZIP [--key FILE.pub | --data DIR]
       isoc content keygen [--out NAME]
       isoc content pack DIR --key FILE.key [--out FILE.zip]`,
			zh: `用法：isoc content import [--data 目录] [--database-dsn DSN] [--name 名称] [--unsigned] [--stage] [--force] 目录|ZIP
      isoc content verify ZIP [--key 公钥文件 | --data 目录]
      isoc content keygen [--out 名称]
      isoc content pack 目录 --key 私钥文件 [--out 文件.zip]`},
		"usage.version": {en: "usage: isoc version", zh: "用法：isoc version"},

		"first run": {
			en: `
  ────────────────────────────────────────────────────────────
    iSOC is running. Open  http://%s

    User name       %s
    First password  %s

    It is shown only this once. After log-in you choose your own.
  ────────────────────────────────────────────────────────────
`,
			zh: `
  ────────────────────────────────────────────────────────────
    iSOC 已启动，请在浏览器打开  http://%s

    用户名    %s
    首次密码  %s

    密码只显示这一次，登录后请设置自己的密码。
  ────────────────────────────────────────────────────────────
`},

		"network":       {en: "a network is wrong: %v", zh: "网段有误：%v"},
		"no capture":    {en: "%s is no capture in pcap or pcapng, or is cut off or broken", zh: "%s 不是 pcap 或 pcapng 抓包文件，或已截断、损坏"},
		"rules missing": {en: "--rules is missing", zh: "缺少 --rules"},
		"audit verb":    {en: "the only verb is verify", zh: "只支持 verify"},
		"content verb":  {en: "the verbs are import, verify, keygen and pack", zh: "支持 import、verify、keygen 与 pack"},

		"chain intact":   {en: "%s: chain intact, %d entries", zh: "%s：审计链完整，共 %d 条"},
		"chain broken":   {en: "%s: chain BROKEN at entry %d: %s", zh: "%s：审计链在第 %d 条处断裂：%s"},
		"no tenant":      {en: "no such tenant: %q", zh: "没有这个租户：%q"},
		"chain none":     {en: "no audit chain found", zh: "没有审计链"},
		"chain platform": {en: "platform", zh: "平台"},

		"imported":    {en: "pack %s version %d: %d rules, %d refused", zh: "规则包 %s 第 %d 版：%d 条规则，%d 条被拒绝"},
		"signed":      {en: "version %s, signed with key %s", zh: "版本 %s，由密钥 %s 签名"},
		"unsigned":    {en: "nobody signed it", zh: "未签名"},
		"staged":      {en: "staged: not in force until somebody activates it", zh: "已暂存，启用前不生效"},
		"key made":    {en: "key %s\nprivate: %s (keep it secret)\npublic:  %s (to be trusted where packs are imported)", zh: "密钥 %s\n私钥：%s（请妥善保密）\n公钥：%s（在导入规则包的平台上设为可信）"},
		"packed":      {en: "%s: pack %s %s, %d files", zh: "%s：规则包 %s %s，%d 个文件"},
		"verified":    {en: "pack %s %s is whole, signed with key %s: %d files, %d of them rules", zh: "规则包 %s %s 完整，由密钥 %s 签名：%d 个文件，其中规则 %d 个"},
		"key missing": {en: "--key is missing", zh: "缺少 --key"},
		"other key":   {en: "it is signed with key %s, not %s", zh: "签名密钥为 %s，而不是 %s"},
		"refused":     {en: "refused: %s: %s", zh: "被拒绝：%s：%s"},
	}
}
