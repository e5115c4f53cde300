import ArgumentParser
import Waybill
import WaybillCore

/// `waybill timeout cancel`: it will not fire.
struct CancelTimeout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "cancel", abstract: "Cancel a pending timeout.")

    @OptionGroup var which: TimeoutChangeOptions

    func run() async throws { try await which.perform(.cancel, done: "cancelled") }
}

/// `waybill timeout extend`: it fires later by a duration.
struct ExtendTimeout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extend", abstract: "Let a pending timeout fire later.",
        discussion: """
            One order, or every order that a filter finds; the latter is a job that goes on after a crash:

              waybill timeout extend order-7 --name pay_due --by 15m --db shop.db
              waybill timeout extend --where shop=7 --status 'awaiting payment' \\
                --name pay_due --by 15m --db shop.db
            """)

    @OptionGroup var which: TimeoutChangeOptions

    @Option(parsing: .unconditional, help: "How much later: 15m, 1h30m, 2d; -15m is sooner, but never before now.")
    var by: Interval

    func run() async throws { try await which.perform(.extend(by: by), done: "extended by \(by.text)") }
}

/// `waybill timeout move`: it fires at another time.
struct MoveTimeout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Give a pending timeout another due time.")

    @OptionGroup var which: TimeoutChangeOptions

    @Option(
        help: "When it fires: ISO 8601 or milliseconds since 1970; a time in the past means now.",
        transform: Moment.argument)
    var to: Moment

    func run() async throws { try await which.perform(.move(to: to), done: "moved to \(to.iso8601)") }
}
