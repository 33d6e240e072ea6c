"""The demo's stations: code, name, city, latitude, longitude. Real places, all in India's one time zone."""

STATIONS = """
AII   | Ajmer Junction                     | Ajmer              | 26.4571 | 74.6370
AGC   | Agra Cantt                         | Agra               | 27.1580 | 77.9900
ABR   | Abu Road                           | Abu Road           | 24.4810 | 72.7860
ADI   | Ahmedabad Junction                 | Ahmedabad          | 23.0270 | 72.6010
ASN   | Asansol Junction                   | Asansol            | 23.6910 | 86.9750
ASR   | Amritsar Junction                  | Amritsar           | 31.6330 | 74.8670
AWR   | Alwar Junction                     | Alwar              | 27.5690 | 76.6280
BAM   | Brahmapur                          | Brahmapur          | 19.2960 | 84.7990
BBS   | Bhubaneswar                        | Bhubaneswar        | 20.2660 | 85.8430
BEAS  | Beas Junction                      | Beas               | 31.5170 | 75.2900
BKI   | Bandikui Junction                  | Bandikui           | 27.0500 | 76.5730
BLS   | Balasore                           | Balasore           | 21.5020 | 86.9210
BPL   | Bhopal Junction                    | Bhopal             | 23.2660 | 77.4130
BPQ   | Balharshah Junction                | Ballarpur          | 19.8490 | 79.3500
BRC   | Vadodara Junction                  | Vadodara           | 22.3110 | 73.1810
BSL   | Bhusaval Junction                  | Bhusaval           | 21.0470 | 75.7880
BTE   | Bharatpur Junction                 | Bharatpur          | 27.2380 | 77.4860
BVI   | Borivali                           | Mumbai             | 19.2290 | 72.8570
BWT   | Bangarapet Junction                | Bangarapet         | 12.9910 | 78.1790
BZA   | Vijayawada Junction                | Vijayawada         | 16.5180 | 80.6190
CLT   | Kozhikode                          | Kozhikode          | 11.2460 | 75.7810
CNB   | Kanpur Central                     | Kanpur             | 26.4540 | 80.3510
CTC   | Cuttack Junction                   | Cuttack            | 20.4700 | 85.8880
CHI   | Chiplun                            | Chiplun            | 17.5190 | 73.5390
DDU   | Pt Deen Dayal Upadhyaya Junction   | Mughalsarai        | 25.2780 | 83.1180
DBRG  | Dibrugarh                          | Dibrugarh          | 27.4680 | 94.9060
DEC   | Delhi Cantt                        | New Delhi          | 28.5990 | 77.1290
DHN   | Dhanbad Junction                   | Dhanbad            | 23.7910 | 86.4290
DLI   | Delhi Junction                     | Delhi              | 28.6610 | 77.2280
DMV   | Dimapur                            | Dimapur            | 25.9060 | 93.7270
DNA   | Degana Junction                    | Degana             | 26.8960 | 74.3220
ERS   | Ernakulam Junction                 | Kochi              | 9.9690  | 76.2910
ET    | Itarsi Junction                    | Itarsi             | 22.6060 | 77.7670
GAYA  | Gaya Junction                      | Gaya               | 24.8030 | 84.9990
GGN   | Gurgaon                            | Gurugram           | 28.4890 | 77.0110
GHY   | Guwahati                           | Guwahati           | 26.1820 | 91.7510
GTL   | Guntakal Junction                  | Guntakal           | 15.1750 | 77.3660
GWL   | Gwalior Junction                   | Gwalior            | 26.2160 | 78.1820
HWH   | Howrah Junction                    | Kolkata            | 22.5830 | 88.3420
JP    | Jaipur Junction                    | Jaipur             | 26.9200 | 75.7870
JTJ   | Jolarpettai Junction               | Jolarpettai        | 12.5610 | 78.5790
JU    | Jodhpur Junction                   | Jodhpur            | 26.2840 | 73.0220
JUC   | Jalandhar City Junction            | Jalandhar          | 31.3310 | 75.5910
KGP   | Kharagpur Junction                 | Kharagpur          | 22.3390 | 87.3250
KIR   | Katihar Junction                   | Katihar            | 25.5480 | 87.5680
KLBG  | Kalaburagi Junction                | Kalaburagi         | 17.3170 | 76.8260
KOTA  | Kota Junction                      | Kota               | 25.2230 | 75.8810
KPD   | Katpadi Junction                   | Vellore            | 12.9720 | 79.1380
KUDL  | Kudal                              | Kudal              | 16.0100 | 73.6890
LDH   | Ludhiana Junction                  | Ludhiana           | 30.9120 | 75.8480
LMG   | Lumding Junction                   | Lumding            | 25.7500 | 93.1700
LTT   | Lokmanya Tilak Terminus            | Mumbai             | 19.0690 | 72.8910
MAO   | Madgaon Junction                   | Margao             | 15.2670 | 73.9700
MAS   | MGR Chennai Central                | Chennai            | 13.0830 | 80.2750
MJ    | Marwar Junction                    | Marwar             | 25.7270 | 73.6120
MAJN  | Mangaluru Junction                 | Mangaluru          | 12.8660 | 74.8790
MMCT  | Mumbai Central                     | Mumbai             | 18.9690 | 72.8190
MMR   | Manmad Junction                    | Manmad             | 20.2510 | 74.4370
MTD   | Merta Road Junction                | Merta              | 26.7240 | 73.9130
MTJ   | Mathura Junction                   | Mathura            | 27.4800 | 77.6730
MXN   | Mariani Junction                   | Jorhat             | 26.6570 | 94.3170
MYA   | Mandya                             | Mandya             | 12.5240 | 76.8950
MYS   | Mysuru Junction                    | Mysuru             | 12.3160 | 76.6450
NBQ   | New Bongaigaon Junction            | Bongaigaon         | 26.4720 | 90.5580
NCB   | New Cooch Behar                    | Cooch Behar        | 26.3560 | 89.4670
NDLS  | New Delhi                          | New Delhi          | 28.6420 | 77.2190
NGP   | Nagpur Junction                    | Nagpur             | 21.1520 | 79.0890
NJP   | New Jalpaiguri Junction            | Siliguri           | 26.6830 | 88.4430
NLR   | Nellore                            | Nellore            | 14.4580 | 79.9870
NTSK  | New Tinsukia Junction              | Tinsukia           | 27.4740 | 95.3660
NZM   | Hazrat Nizamuddin                  | New Delhi          | 28.5880 | 77.2540
PNBE  | Patna Junction                     | Patna              | 25.6020 | 85.1370
PNME  | Parasnath                          | Isri               | 23.9740 | 86.0280
PNU   | Palanpur Junction                  | Palanpur           | 24.1730 | 72.4290
PNVL  | Panvel Junction                    | Navi Mumbai        | 18.9900 | 73.1210
PRYJ  | Prayagraj Junction                 | Prayagraj          | 25.4460 | 81.8290
QLN   | Kollam Junction                    | Kollam             | 8.8860  | 76.5950
RC    | Raichur                            | Raichur            | 16.2060 | 77.3420
RE    | Rewari Junction                    | Rewari             | 28.1980 | 76.6180
RJY   | Rajahmundry                        | Rajamahendravaram  | 17.0000 | 81.7800
RN    | Ratnagiri                          | Ratnagiri          | 16.9790 | 73.3470
RTM   | Ratlam Junction                    | Ratlam             | 23.3400 | 75.0500
SBC   | KSR Bengaluru                      | Bengaluru          | 12.9780 | 77.5700
SRR   | Shoranur Junction                  | Shoranur           | 10.7600 | 76.2720
ST    | Surat                              | Surat              | 21.2050 | 72.8410
SUR   | Solapur Junction                   | Solapur            | 17.6640 | 75.8930
SWM   | Sawai Madhopur Junction            | Sawai Madhopur     | 26.0200 | 76.3560
TCR   | Thrissur                           | Thrissur           | 10.5140 | 76.2080
THVM  | Thivim                             | Mapusa             | 15.6340 | 73.8760
TNA   | Thane                              | Thane              | 19.1860 | 72.9760
TVC   | Thiruvananthapuram Central         | Thiruvananthapuram | 8.4870  | 76.9520
UD    | Udupi                              | Udupi              | 13.3420 | 74.7690
UMB   | Ambala Cantt Junction              | Ambala             | 30.3390 | 76.8290
VGLJ  | Virangana Lakshmibai Jhansi        | Jhansi             | 25.4440 | 78.5520
VSKP  | Visakhapatnam Junction             | Visakhapatnam      | 17.7220 | 83.2900
WADI  | Wadi Junction                      | Wadi               | 17.0650 | 76.9960
WGL   | Warangal                           | Warangal           | 17.9730 | 79.6050
YPR   | Yesvantpur Junction                | Bengaluru          | 13.0230 | 77.5500
KWV   | Kurduvadi Junction                 | Kurduvadi          | 18.0850 | 75.4170
ANG   | Ahmednagar                         | Ahmednagar         | 19.0770 | 74.7300
KNW   | Khandwa Junction                   | Khandwa            | 21.8260 | 76.3530
JL    | Jalgaon Junction                   | Jalgaon            | 21.0180 | 75.5640
"""


def stations() -> list[dict[str, str]]:
    rows = [[cell.strip() for cell in line.split("|")] for line in STATIONS.strip().splitlines()]
    fields = ("code", "name", "city", "latitude", "longitude")
    return [dict(zip(fields, row, strict=True)) for row in rows]
