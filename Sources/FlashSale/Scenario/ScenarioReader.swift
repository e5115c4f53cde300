import WaybillCore
import WorkflowFile

/// Reads the document of a scenario. Goes on after a finding, so that one reading tells all it can.
struct ScenarioReader {
    let log: FindingLog

    private static let keys = [
        "id", "title", "about", "seed", "opens", "items", "restocks", "shoppers", "arrivals", "looks",
        "leaves_when_sold_out", "payments", "cancels", "duplicates", "bots", "retries", "modules", "server", "crashes",
    ]

    static let anyLength = Interval(milliseconds: 1)...ScenarioLimits.lengthMax
    private static let fromStart = Interval(milliseconds: 0)...ScenarioLimits.lengthMax

    func scenario(_ root: DocumentNode) -> RushScenario {
        let fields = ScenarioFields(root, "a rush", allowed: Self.keys, log: log)
        var scenario = RushScenario()
        scenario.name = fields.name(fields.required("id", "my-rush"), "the id of a rush") ?? ""
        scenario.title = fields.text(fields.value("title"), "a title") ?? scenario.name
        scenario.about = fields.text(fields.value("about"), "what it is about") ?? ""
        scenario.seed = UInt64(fields.number("seed", "a seed", in: 0...Int64.max) ?? 1)
        scenario.opensAt = opening(fields)
        if let node = fields.required("items", "{name: phone, count: 1, units: 500, price_cents: 49900}") {
            scenario.goods = goods(node)
        }
        let shoppers = fields.required("shoppers", "20000")
        scenario.shoppers = Int(
            fields.number(shoppers, "how many shoppers come", in: 1...ScenarioLimits.shoppersMax) ?? 1)
        if let node = fields.required("arrivals", "{step: {half_life: 12s, length: 2m}}") {
            scenario.arrivals = arrivals(node) ?? scenario.arrivals
        }
        scenario.restocks = fields.list("restocks").compactMap { restock($0, items: scenario.goods.count) }
        scenario.looks = Int(fields.number("looks", "page views", in: 0...ScenarioLimits.looksMax) ?? 0)
        scenario.leavesWhenSoldOut = fields.share("leaves_when_sold_out") ?? Share(0)
        if let node = fields.required("payments", "{abandoned: 9%, methods: [...]}") {
            scenario.payments = payments(node)
        }
        scenario.cancels = fields.share("cancels") ?? Share(0)
        readHabits(fields, into: &scenario)
        readModules(fields, into: &scenario)
        if let node = fields.value("server") { scenario.server = server(node) }
        if let node = fields.value("crashes") { scenario.crashes = crashes(node) }
        return scenario
    }

    private func opening(_ fields: ScenarioFields) -> Moment {
        // 2026-11-11T00:00:00Z
        let standard = Moment(milliseconds: 1_794_355_200_000)
        guard let node = fields.value("opens") else { return standard }
        if let text = node.text, let moment = Moment(iso8601: Text(text)),
            (0...32_503_680_000_000).contains(moment.milliseconds)
        {
            return moment
        }
        log.error(
            at: node, "found \(node.phrase), expected a time from 1970 to 2999", hint: "write 2026-11-11T00:00:00Z")
        return standard
    }

    private func goods(_ node: DocumentNode) -> RushScenario.Goods {
        let fields = ScenarioFields(
            node, "`items`", allowed: ["name", "count", "units", "price_cents", "limit", "zipf"], log: log)
        var goods = RushScenario.Goods()
        goods.name = fields.name(fields.required("name", "phone"), "the name of an item") ?? "item"
        goods.count = Int(fields.number("count", "how many items", in: 1...ScenarioLimits.itemsMax) ?? 1)
        goods.units =
            fields.number(fields.required("units", "500"), "units of each item", in: 0...ScenarioLimits.unitsMax) ?? 0
        goods.priceCents =
            fields.number(fields.required("price_cents", "49900"), "a price", in: 1...ScenarioLimits.centsMax) ?? 1
        goods.limit = fields.number("limit", "units per buyer", in: 1...1_000_000) ?? 1
        goods.zipfThousandths = fields.exponent("zipf") ?? 0
        return goods
    }

    private func restock(_ node: DocumentNode, items: Int) -> RushScenario.Restock? {
        let fields = ScenarioFields(node, "a restock", allowed: ["at", "item", "units"], log: log)
        guard let after = fields.interval(fields.required("at", "10m"), in: Self.fromStart),
            let units = fields.number(
                fields.required("units", "100"), "units", in: 1...ScenarioLimits.unitsMax)
        else { return nil }
        let item = fields.number("item", "the number of an item", in: 1...Int64(items)) ?? 1
        return RushScenario.Restock(after: after, item: Int(item) - 1, units: units)
    }

    private func payments(_ node: DocumentNode) -> RushScenario.Payments {
        let fields = ScenarioFields(node, "`payments`", allowed: ["abandoned", "late", "methods"], log: log)
        var payments = RushScenario.Payments()
        payments.abandoned = fields.share("abandoned") ?? Share(0)
        payments.late = fields.share("late") ?? Share(0)
        if payments.abandoned.millionths + payments.late.millionths > Share.whole {
            log.error(at: node, "`abandoned` and `late` together are more than 100%")
        }
        payments.methods = fields.list("methods").compactMap(method)
        let sum = payments.methods.reduce(0) { $0 + $1.share.millionths }
        if payments.methods.isEmpty {
            log.error(
                at: node, "`methods:` is missing", hint: "add `methods: [{name: card, share: 100%, p50: 30s, ...}]`")
        } else if sum != Share.whole {
            log.error(
                at: fields.value("methods") ?? node,
                "the shares of the methods make \(Double(sum) / 10_000)%, and must make 100%")
        }
        return payments
    }

    private func method(_ node: DocumentNode) -> RushScenario.Payments.Method? {
        let fields = ScenarioFields(
            node, "a way to pay", allowed: ["name", "share", "p50", "p90", "p99"], log: log)
        guard let name = fields.text(fields.required("name", "card"), "a name"),
            fields.required("share", "100%") != nil, let share = fields.share("share"),
            let p50 = fields.interval(fields.required("p50", "30s"), in: Self.anyLength),
            let p90 = fields.interval(fields.required("p90", "2m"), in: Self.anyLength),
            let p99 = fields.interval(fields.required("p99", "9m"), in: Self.anyLength)
        else { return nil }
        guard p50 <= p90, p90 <= p99 else {
            log.error(at: node, "p50, p90 and p99 must not fall", hint: "sort them")
            return nil
        }
        return .init(name: name, share: share, p50: p50, p90: p90, p99: p99)
    }
}
