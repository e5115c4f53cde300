import Waybill

/// Where a command's time and randomness come from.
typealias World = OrderBook.World
