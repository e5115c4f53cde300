import Foundation
import Testing

@Suite struct `waybill rush` {
    private static let scenario = """
        id: tiny
        title: A tiny <sale>
        items: {name: mug, units: 20, price_cents: 900}
        shoppers: 400
        arrivals: {step: {half_life: 10s, length: 40s}}
        looks: 1
        payments: {abandoned: 20%, methods: [{name: card, share: 100%, p50: 6s, p90: 20s, p99: 1m}]}
        duplicates: {same_key: 10%}
        retries: {of: 50%, times: 2, after: 2s}
        """

    @Test func `lists its scenarios and prints them`() throws {
        let waybill = try Executable()
        let list = try waybill.run("rush", "list", "--json").array()
        #expect(list.count == 3)
        for entry in list {
            let name = try #require(entry["name"] as? String)
            let text = try waybill.run("rush", "list", "--text", name)
            #expect(text.output.contains("id: \(name)\n"))
            // What is printed can be run, and changed.
            try waybill.file("mine.yaml", text.output)
            let run = try waybill.run("rush", "run", "mine.yaml", "--shoppers", "200", "--json")
            #expect(run.status == 0, "\(run.errors)")
        }
    }

    @Test func `gives the same report for the same seed, as JSON, as a page and beside another`() throws {
        let waybill = try Executable()
        try waybill.file("tiny.yaml", Self.scenario)
        let first = try waybill.run("rush", "run", "tiny.yaml", "--out", "a.json", "--html", "a.html")
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.output.contains("no oversell"))
        #expect(try waybill.run("rush", "run", "tiny.yaml", "--out", "b.json", "--html", "b.html").status == 0)
        let same = try waybill.text("a.json") == waybill.text("b.json")
        #expect(same)
        let samePage = try waybill.text("a.html") == waybill.text("b.html")
        #expect(samePage)
        #expect(try waybill.text("a.html").contains("A tiny &lt;sale&gt;"))
        #expect(try waybill.run("rush", "run", "tiny.yaml", "--units", "40", "--out", "c.json").status == 0)
        let compared = try waybill.run("rush", "compare", "a.json", "c.json", "--html", "c.html")
        #expect(compared.status == 0, "\(compared.errors)")
        #expect(compared.output.contains("units of each item"))
        #expect(compared.output.contains("+100%"))
        #expect(try waybill.text("c.html").contains("<svg"))
    }

    @Test func `keeps the file that it was given, and it is sound`() throws {
        let waybill = try Executable()
        try waybill.file("tiny.yaml", Self.scenario)
        #expect(try waybill.run("rush", "run", "tiny.yaml", "--db", "shop.db").status == 0)
        #expect(try waybill.run("verify", "shop.db").status == 0)
        #expect(try waybill.run("replay", "--db", "shop.db").status == 0)
        #expect(try waybill.run("certify", "--db", "shop.db").status == 0)
        let again = try waybill.run("rush", "run", "tiny.yaml", "--db", "shop.db")
        #expect(again.status == 2)
        #expect(again.errors.contains("exists already"))
    }

    @Test func `says what is wrong with a scenario, a curve and a report`() throws {
        let waybill = try Executable()
        try waybill.file("bad.yaml", Self.scenario.replacing("units: 20", with: "units: lots"))
        let bad = try waybill.run("rush", "run", "bad.yaml")
        #expect(bad.status == 1)
        #expect(bad.errors.contains("bad.yaml:3:"))
        #expect(try waybill.run("rush", "run", "nowhere").errors.contains("shipped are: one-item"))
        try waybill.file("curve.csv", "minute,count\n1,2\n2,x\n")
        let curve = try waybill.run("rush", "run", "organic-day", "--curve", "curve.csv")
        #expect(curve.status == 2)
        #expect(curve.errors.contains("curve.csv:3:"))
        try waybill.file("x.json", "{\"format\": 1}")
        #expect(try waybill.run("rush", "compare", "x.json", "x.json").errors.contains("is no report of a rush"))
    }

    @Test func `survives in real time what kills its server twice`() throws {
        let waybill = try Executable()
        try waybill.file("tiny.yaml", Self.scenario + "\ncrashes: {at: [5s, 25s], outage: 300ms}\n")
        let outcome = try waybill.run(
            "rush", "run", "tiny.yaml", "--real", "--hurry", "10", "--db", "shop.db", "--out", "real.json")
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
        let report = try #require(
            JSONSerialization.jsonObject(with: Data(try waybill.text("real.json").utf8)) as? [String: Any])
        #expect((report["crashes"] as? [Int])?.count == 2)
        let check = try #require(report["check"] as? [String: Any])
        #expect(check["isSound"] as? Bool == true)
        #expect((check["acknowledgedOrders"] as? Int ?? 0) > 0)
        #expect(try waybill.run("verify", "shop.db").status == 0)
        #expect(try waybill.run("certify", "--db", "shop.db").status == 0)
    }

    @Test func `closes unpaid orders in real time, whoever kills the server meanwhile`() throws {
        let waybill = try Executable()
        let crashes = "\ncrashes: {at: [12s, 45s], outage: 1s}\nmodules: [{name: points, per_second: 200}]\n"
        try waybill.file("tiny.yaml", Self.scenario + crashes)
        // The shipped workflow with another time to pay: units come back while the rush goes on.
        #expect(try waybill.run("workflow", "export", "flash-sale", "--to", ".").status == 0)
        let shipped = try waybill.text("flash-sale.yaml")
        let quick = shipped.replacing("15m: closed", with: "2s: closed")
        #expect(quick != shipped)
        try waybill.file("quick.yaml", quick)
        let outcome = try waybill.run(
            "rush", "run", "tiny.yaml", "--real", "--hurry", "10", "--tail", "8s", "--workflow", "quick.yaml", "--db",
            "shop.db", "--out", "real.json")
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
        let report = try #require(
            JSONSerialization.jsonObject(with: Data(try waybill.text("real.json").utf8)) as? [String: Any])
        let timeouts = try #require(report["timeouts"] as? [String: Any])
        #expect((timeouts["fired"] as? Int ?? 0) > 0)
        #expect(timeouts["pending"] as? Int == 0)
        #expect(timeouts["earlyMaxMilliseconds"] as? Int == 0)
        #expect((report["crashes"] as? [Int])?.count == 2)
        let modules = try #require(report["modules"] as? [[String: Any]])
        #expect(modules.first?["standsIn"] as? Bool == false)
        #expect((modules.first?["taken"] as? Int ?? 0) > 0)
        let resources = try #require(report["resources"] as? [String: Any])
        #expect((resources["walBytesMax"] as? Int ?? 0) > 0 && (resources["fileBytes"] as? Int ?? 0) > 0)
        #expect(try waybill.run("certify", "--db", "shop.db").status == 0)
        let verified = try waybill.run("verify", "shop.db")
        #expect(verified.status == 0, "\(verified.output)")
        #expect(verified.output.contains("points:"))
    }

    @Test func `refuses a workflow that cannot take what shoppers send`() throws {
        let waybill = try Executable()
        try waybill.file("tiny.yaml", Self.scenario)
        try waybill.file("ticket.yaml", ticket)
        let outcome = try waybill.run("rush", "run", "tiny.yaml", "--workflow", "ticket.yaml")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("it has no place, cancel"))
    }

    @Test func `tells what a rush took of the machine, however short it was`() throws {
        let waybill = try Executable()
        try waybill.file("tiny.yaml", Self.scenario)
        let outcome = try waybill.run("rush", "run", "tiny.yaml", "--units", "30")
        // Its title tells of other numbers than those it was run with.
        #expect(outcome.output.contains("A tiny <sale> (here 30 units)"))
        #expect(outcome.output.contains("MB of memory"))
        #expect(!outcome.output.contains(" 0 MB of memory"))
    }

    @Test func `takes a curve, another workflow, limits and this machine's own speed`() throws {
        let waybill = try Executable()
        try waybill.file("tiny.yaml", Self.scenario + "\nmodules: [{name: points, per_second: 90}]\n")
        try waybill.file("curve.csv", "minute,count\n0:00,1\n0:01,9\n0:02,3\n")
        #expect(try waybill.run("workflow", "export", "flash-sale", "--to", ".").status == 0)
        func run(_ name: String, _ arguments: String...) throws -> String {
            let outcome = try waybill.shell(
                "$waybill rush run tiny.yaml --out \(name).json " + arguments.joined(separator: " "))
            #expect(outcome.status == 0, "\(outcome.errors) \(outcome.output)")
            return outcome.output
        }
        let curve = try run("curve", "--curve curve.csv --speed 6")
        #expect(curve.contains("answers as a model expects"))
        // The same text under another name is another workflow: nobody promises what it answers.
        let other = try run("other", "--workflow flash-sale.yaml")
        #expect(other.contains("no oversell") && !other.contains("as a model expects"))
        #expect(try run("measured", "--measured --db kept.db").contains("no oversell"))
        #expect(try waybill.text("measured.json").contains("measured on this machine"))
        // It was measured beside the file, and nothing is left of that.
        #expect(FileManager.default.fileExists(atPath: waybill.path("kept.db")))
        #expect(!FileManager.default.fileExists(atPath: waybill.path("kept.db.measured")))
        _ = try run("plain")
        _ = try run("narrow", "--per-item 1 --per-caller 20 --intake 8")
        let compared = try waybill.run("rush", "compare", "plain.json", "narrow.json")
        #expect(compared.status == 0)
        for line in ["of it for one item", "of it for one caller", "intake"] { #expect(compared.output.contains(line)) }
        #expect(try waybill.run("rush", "run", "tiny.yaml", "--per-item", "0").status != 0)
    }

    @Test func `draws a page that a browser shows, wide and narrow`() throws {
        let chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let chromium else {
            print("note: no Chromium is installed: the page of a rush was not looked at in a browser")
            return
        }
        let waybill = try Executable()
        try waybill.file("tiny.yaml", Self.scenario)
        #expect(try waybill.run("rush", "run", "tiny.yaml", "--html", "page.html").status == 0)
        // A frame around the page measures what it takes: nothing may be wider than the window.
        // Names of its sockets are short: its own temporary folder is that of the system.
        for width in [1_200, 480] {
            let shot = try waybill.shell(
                """
                TMPDIR=/tmp HOME=$PWD timeout 60 \(chromium) --headless=new --no-sandbox --disable-gpu \
                --hide-scrollbars --user-data-dir=$PWD/profile --window-size=\(width),1200 \
                --screenshot=$PWD/page-\(width).png \
                file://$PWD/page.html >/dev/null 2>&1
                stat -c %s page-\(width).png
                """)
            let bytes = Int(shot.lines.last ?? "") ?? 0
            // An empty page is a few kilobytes.
            #expect(bytes > 20_000, "\(width): \(shot.output) \(shot.errors)")
        }
    }
}
