import WaybillCore
import WorkflowFile

/// When shoppers come, what they do besides buying, and what the shop behind the page is like.
extension ScenarioReader {
    func arrivals(_ node: DocumentNode) -> ArrivalCurve? {
        let kinds = ["step", "organic", "replay"]
        let fields = ScenarioFields(node, "`arrivals`", allowed: kinds, log: log)
        let given = kinds.filter { fields.value($0) != nil }
        guard given.count == 1, let kind = given.first, let body = fields.value(kind) else {
            log.error(
                at: node, "`arrivals` needs exactly one of step, organic, replay",
                hint: "write `arrivals: {step: {half_life: 12s, length: 2m}}`")
            return nil
        }
        switch kind {
        case "step": return step(body)
        case "organic": return organic(body)
        default: return replay(body)
        }
    }

    private func step(_ node: DocumentNode) -> ArrivalCurve? {
        let fields = ScenarioFields(node, "a step", allowed: ["half_life", "length", "at_once"], log: log)
        guard let halfLife = fields.interval(fields.required("half_life", "12s"), in: Self.anyLength),
            let length = fields.interval(fields.required("length", "2m"), in: Self.anyLength)
        else { return nil }
        return .step(halfLife: halfLife, length: length, atOnce: fields.share("at_once") ?? Share(0))
    }

    private func organic(_ node: DocumentNode) -> ArrivalCurve? {
        let fields = ScenarioFields(node, "an organic curve", allowed: ["length", "peak"], log: log)
        guard let length = fields.interval(fields.required("length", "1h"), in: Self.anyLength) else { return nil }
        return .organic(length: length, peak: fields.share("peak") ?? Share(Share.whole / 2))
    }

    /// The counts are read later: a scenario does not open files by itself.
    private func replay(_ node: DocumentNode) -> ArrivalCurve? {
        let fields = ScenarioFields(node, "a replay", allowed: ["file", "row", "speed"], log: log)
        guard let file = fields.text(fields.required("file", "traffic.csv"), "the path of a CSV file") else {
            return nil
        }
        let row = fields.interval("row", in: Interval(milliseconds: 100)...Interval.days(1)) ?? .minutes(1)
        let speed = fields.number("speed", "how many times as fast", in: 1...10_000) ?? 1
        return .replay(file: file, counts: [], row: Interval(milliseconds: max(1, row.milliseconds / speed)))
    }

    func readHabits(_ fields: ScenarioFields, into scenario: inout RushScenario) {
        if let node = fields.value("duplicates") {
            let inner = ScenarioFields(
                node, "`duplicates`", allowed: ["same_key", "other_key", "notices"], log: log)
            scenario.duplicates.sameKey = inner.share("same_key") ?? Share(0)
            scenario.duplicates.otherKey = inner.share("other_key") ?? Share(0)
            scenario.duplicates.notices = inner.share("notices") ?? Share(0)
        }
        if let node = fields.value("bots") {
            let inner = ScenarioFields(node, "`bots`", allowed: ["share", "attempts", "every"], log: log)
            scenario.bots.share = inner.share("share") ?? Share(0)
            scenario.bots.attempts = Int(
                inner.number("attempts", "attempts", in: 1...ScenarioLimits.attemptsMax) ?? 1)
            scenario.bots.every = inner.interval("every", in: Self.anyLength) ?? .seconds(1)
        }
        if let node = fields.value("retries") {
            let inner = ScenarioFields(node, "`retries`", allowed: ["of", "times", "after"], log: log)
            scenario.retries.share = inner.share("of") ?? Share(0)
            scenario.retries.times = Int(inner.number("times", "retries", in: 0...ScenarioLimits.attemptsMax) ?? 0)
            scenario.retries.after =
                inner.interval("after", in: ScenarioLimits.reactionMin...ScenarioLimits.lengthMax) ?? .seconds(1)
        }
    }

    func readModules(_ fields: ScenarioFields, into scenario: inout RushScenario) {
        for node in fields.list("modules") {
            guard let module = module(node) else { continue }
            if scenario.modules.contains(where: { $0.name == module.name }) {
                log.error(at: node, "the module '\(module.name)' occurs again", hint: "name each module once")
            }
            scenario.modules.append(module)
        }
    }

    private func module(_ node: DocumentNode) -> RushScenario.Module? {
        let fields = ScenarioFields(node, "a module", allowed: ["name", "per_second", "fails", "down"], log: log)
        guard let name = fields.name(fields.required("name", "points"), "the name of a module"),
            let rate = fields.number(
                fields.required("per_second", "500"), "messages per second", in: 1...1_000_000)
        else { return nil }
        var module = RushScenario.Module(name: name, perSecond: rate)
        module.fails = fields.share("fails") ?? Share(0)
        if let down = fields.value("down") {
            let inner = ScenarioFields(down, "`down`", allowed: ["from", "for"], log: log)
            guard let from = inner.interval(inner.required("from", "1m"), in: Self.anyLength),
                let length = inner.interval(inner.required("for", "5m"), in: Self.anyLength)
            else { return nil }
            module.down = .init(from: from, length: length)
        }
        return module
    }

    func server(_ node: DocumentNode) -> RushScenario.Server {
        let fields = ScenarioFields(
            node, "`server`",
            allowed: ["commit", "per_command", "intake", "per_item", "per_caller", "write", "patience"], log: log)
        var server = RushScenario.Server()
        server.commitMicroseconds = fields.microseconds("commit", in: 0...1_000_000) ?? server.commitMicroseconds
        server.perCommandMicroseconds =
            fields.microseconds("per_command", in: 1...1_000_000) ?? server.perCommandMicroseconds
        server.intakeDepthMax = Int(
            fields.number("intake", "requests that may wait", in: 1...10_000_000) ?? Int64(server.intakeDepthMax))
        func share(_ key: String, _ standard: Int) -> Int {
            Int(fields.number(key, "requests that may wait", in: 1...10_000_000) ?? Int64(standard))
        }
        server.perItemMax = share("per_item", server.perItemMax)
        server.perCallerMax = share("per_caller", server.perCallerMax)
        server.writeRequestsMax = Int(
            fields.number("write", "requests in a write", in: 1...100_000) ?? Int64(server.writeRequestsMax))
        server.patience = fields.interval("patience", in: Self.anyLength) ?? server.patience
        return server
    }

    func crashes(_ node: DocumentNode) -> RushScenario.Crashes {
        let fields = ScenarioFields(node, "`crashes`", allowed: ["at", "outage"], log: log)
        var crashes = RushScenario.Crashes()
        crashes.at = fields.list("at").compactMap { fields.interval($0, in: Self.anyLength) }
        crashes.outage = fields.interval("outage", in: Interval(milliseconds: 100)...Interval.hours(1)) ?? .seconds(1)
        for (earlier, later) in zip(crashes.at, crashes.at.dropFirst())
        where later.milliseconds - earlier.milliseconds <= crashes.outage.milliseconds {
            log.error(
                at: node, "the server is still down at \(later.text) from the crash at \(earlier.text)",
                hint: "sort them, further apart than the outage")
        }
        return crashes
    }
}
