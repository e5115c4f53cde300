import ArgumentParser
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillClient
import WaybillCore

/// `waybill token`: who may ask a server what.
struct TokenNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make, list and revoke the tokens of a file's server.",
        subcommands: [CreateToken.self, ListTokens.self, RevokeToken.self])
}

/// `waybill token create`: the token is shown once.
struct CreateToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a token; it is printed once and kept nowhere.",
        discussion: """
            Grants: viewer, operator, admin, metrics, payload, stock, orders:ROLE,ROLE, producer:TOPIC, \
            consumer:GROUP, check:PRODUCER, lane:NAME. TOPIC, GROUP and PRODUCER may end in *.

              waybill token create --db shop.db --name shop-web --grant orders:buyer \\
                --reason 'first shop'
            """)

    @OptionGroup var file: FileOptions

    @Option(help: "Who holds it; how the journal names its requests.")
    var name: Text

    @Option(help: ArgumentHelp("What it allows; may be repeated.", valueName: "grant"))
    var grant: [Text] = []

    @Option(help: "Why; kept with the token and in the audit.")
    var reason: Text

    @Option(help: "How long it is good for.")
    var lasts = Interval.days(90)

    @Flag(name: .customLong("rocketmq"), help: "Print an access key and a secret key for RocketMQ clients too.")
    var hasRocketMQKeys = false

    func run() async throws {
        do throws(Problem) {
            _ = try NewToken(name: name, grants: grant, lasts: lasts, reason: reason)
        } catch {
            throw CommandFailure(error.detail, status: .misused)
        }
        let question = try Question("createToken").with { writer in
            writer.member("name", name)
            writer.members("grants", grant) { $0.text($1) }
            writer.member("expires_in", lasts.milliseconds)
            writer.member("reason", reason)
            if hasRocketMQKeys { writer.member("rocketmq", true) }
        }
        let made = try await file.acting { try await $0.reply(to: question) }
        guard !file.json else { return JSONWriter.print(made) }
        let token = try Members(made.body)
        Output.standard.line(try token.text("token").string)
        guard hasRocketMQKeys else { return }
        Output.standard.line("access key: \(try token.text("rocketmq_access_key"))".printable)
        Output.standard.line("secret key: \(try token.text("rocketmq_secret_key"))".printable)
    }
}

/// `waybill token list`: those that are valid, and those that are not.
struct ListTokens: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List tokens, without their secrets.")

    @OptionGroup var file: FileOptions

    func run() async throws {
        let tokens = try await file.asking { try await $0.list(Question("listTokens"), atMost: .max) { $0 } }
        let now = World.system.now()
        if file.json {
            var writer = JSONWriter()
            writer.members(of: tokens)
            return writer.print()
        }
        var table = TextTable([.init("ID"), .init("NAME"), .init("STATE"), .init("EXPIRES"), .init("GRANTS")])
        for token in tokens {
            let (expiry, isRevoked) = (try token.time("expires_at"), try token.timeIfAny("revoked_at") != nil)
            table.add([
                try token.text("id").string, try token.text("name").string,
                isRevoked ? "revoked" : now < expiry ? "valid" : "expired", expiry.iso8601,
                try token.texts("grants").map(\.string).joined(separator: " "),
            ])
        }
        table.write()
    }
}

/// `waybill token revoke`: it opens nothing from now on.
struct RevokeToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "revoke", abstract: "Revoke a token.")

    @OptionGroup var file: FileOptions

    @Argument(help: "The token's id.")
    var id: Text

    @Option(help: "Why; kept in the audit.")
    var reason: Text

    func run() async throws {
        let revoked = try await file.acting { client in
            let question = try Question("revokeToken", id).with { $0.member("reason", reason) }
            do {
                return try await client.reply(to: question)
            } catch let refused as Refused where refused.status == 404 {
                throw CommandFailure("there is no token \(id)", status: .negative).telling(refused)
            }
        }
        guard !file.json else { return JSONWriter.print(revoked) }
        let token = try Members(revoked.body)
        Output.standard.line("\(try token.text("id")) of \(try token.text("name")) is revoked".printable)
    }
}
